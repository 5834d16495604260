"""What a new row is given stands in it, and what its table does not have is refused."""

import pytest
from sqlalchemy import inspect

from models.company import Company
from models.company_name import CompanyName
from models.lease import Lease


def test_a_new_row_refuses_what_its_table_does_not_have():
    with pytest.raises(TypeError, match="Lease has no holders"):
        Lease(name="sweep", holders="two")


def test_what_belongs_to_a_new_row_is_followed():
    name = CompanyName()
    company = Company(names=[name])
    assert inspect(company).attrs.names.history.added == [name]
