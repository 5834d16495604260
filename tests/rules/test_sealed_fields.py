"""The inventory of sealed columns names each once, and says what it lies under."""

import pytest

import models.registry  # noqa: F401 - makes every table known
from models.base import Base, Sealed
from models.key_store import KeyStoreBase
from models.rules.people import CompartmentKind
from models.rules.sealed_fields import SEALED_FIELDS, KeyPurpose, SealedField, ServerPurpose, purpose_of


def test_no_column_stands_twice_in_the_inventory() -> None:
    names = [field.name for field in SEALED_FIELDS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("field", SEALED_FIELDS, ids=lambda field: field.name)
def test_a_sealed_column_is_called_so(field: SealedField) -> None:
    assert field.column == "sealed" or field.column.startswith(("sealed_", "locked_"))
    assert field.holds_ja


@pytest.mark.parametrize("field", SEALED_FIELDS, ids=lambda field: field.name)
def test_the_purpose_of_a_column_is_what_it_lies_under(field: SealedField) -> None:
    assert purpose_of(field.table, field.column) == field.under.code


@pytest.mark.parametrize("field", SEALED_FIELDS, ids=lambda field: field.name)
def test_only_what_lies_in_a_compartment_may_lie_in_another_one_too(field: SealedField) -> None:
    assert not field.or_under or isinstance(field.under, CompartmentKind)
    assert field.under not in field.or_under


def test_a_column_that_is_not_in_the_inventory_cannot_be_sealed() -> None:
    with pytest.raises(LookupError, match="sealed_diary is not in the inventory"):
        purpose_of("person", "sealed_diary")


def test_every_compartment_and_every_purpose_has_a_column() -> None:
    used = {field.under for field in SEALED_FIELDS} | {kind for field in SEALED_FIELDS for kind in field.or_under}
    assert used == {*CompartmentKind, *ServerPurpose, *KeyPurpose}


def test_the_server_opens_contacts_links_shred_keys_and_secrets_of_codes_and_no_word_of_a_case() -> None:
    by_server = {field.table for field in SEALED_FIELDS if isinstance(field.under, ServerPurpose)}
    assert by_server == {
        "joint_act",
        "passkey",
        "person",
        "recovery_card",
        "second_factor",
        "shred_key",
        "sign_up_link",
        "unusual_reading",
    }


def test_the_inventory_and_the_tables_name_the_same_sealed_columns() -> None:
    in_tables = {
        f"{table.name}.{column.name}"
        for metadata in (Base.metadata, KeyStoreBase.metadata)
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Sealed)
    }
    assert in_tables == {field.name for field in SEALED_FIELDS}, (
        "models/rules/sealed_fields.py lists every Sealed column"
    )
