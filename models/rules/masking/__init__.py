"""What is proposed to be covered in a text for a company, with the reason in words; people decide (domain 4.2)."""
