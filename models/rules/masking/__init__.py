"""What is proposed to be covered in a text for a company, with the reason in words; people decide (domain 4.2).

What is proposed: ``proposals``. What a person makes of it: ``deciding``. What may not stand in a copy that goes to a
company: ``models/rules/forwarded_copy.py``.
"""
