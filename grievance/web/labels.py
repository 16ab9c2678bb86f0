"""What people read for each word of the closed lists. The words themselves are never shown."""

from grievance.web.locale import lazy

_ = lazy
