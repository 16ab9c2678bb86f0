"""What a desk says of itself."""
