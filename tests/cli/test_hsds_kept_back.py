"""What a file keeps from the public goes out in no export, nor what hangs on it."""

from pathlib import Path
from uuid import UUID

import pytest

from tests.support.hsds_files import A, B, faults_of, folder, numbers, run, take

pytestmark = pytest.mark.usefixtures("hsds_commands")
IDS = [str(UUID(int=number)) for number in range(10, 20)]
_PLACE, _AT, _STREET, _HER, _HERS, _OPEN, _SEEN, _STEP = IDS[:8]
FILES = {
    "organizations": f"id,name,description\n{A},Alpha,Helps\n",
    "services": f"id,organization_id,name,status\n{B},{A},Advice,active\n",
    "locations": "id,organization_id,name,location_type,visibility\n"
    f"{_PLACE},{A},Kanaryo corner,physical,Network\n{_SEEN},{A},Open hall,physical,public\n",
    "service_at_locations": f"id,service_id,location_id\n{_AT},{B},{_PLACE}\n",
    "addresses": "id,location_id,address_1,city,country,address_type\n"
    f"{_STREET},{_PLACE},1 Kanaryo Road,Hong Kong,HK,physical\n",
    "contacts": f"id,organization_id,name,visibility\n{_HER},{A},Kanaryo Reyes,coordinator\n",
    "phones": "id,organization_id,contact_id,number\n"
    f"{_HERS},,{_HER},+852 2999 9999\n{_OPEN},{A},,+852 2111 1111\n",
    "schedules": f"id,service_at_location_id,description\n{_STEP},{_AT},Kanaryo hours\n",
}


@pytest.mark.parametrize("form", ["hsds-json", "hsds-csv"])
def test_no_export_holds_what_a_file_keeps_from_the_public(form: str, tmp_path: Path) -> None:
    first = numbers(take(folder(tmp_path, **FILES)))
    out = tmp_path / "out"
    exported = run("export", "--format", form, out)
    text = "".join(file.read_text() for file in sorted(out.iterdir()))

    assert exported.exit_code == 0, exported.output
    assert (first["added"], first["left out"]) == (10, 0)
    assert "Kanaryo" not in text
    assert "+852 2999 9999" not in text
    assert not [one for one in (_PLACE, _AT, _STREET, _HER, _HERS, _STEP) if one in text]
    assert all(one in text for one in (A, B, _SEEN, _OPEN, "Open hall", "2111 1111"))
    assert faults_of(out) == []
    back = numbers(take(out, source="county"))
    assert back == {"added": 0, "changed": 0, "unchanged": 4, "missing": 2, "left out": 0}
