"""Generated code and runtime must agree."""

from __future__ import annotations

import pytest

from proxygen.runtime.contract import CONTRACT, ContractMismatchError, require_contract


def test_the_own_number_is_accepted() -> None:
    require_contract(CONTRACT)


@pytest.mark.parametrize("wanted", [CONTRACT - 1, CONTRACT + 1])
def test_another_number_says_what_to_do_and_names_both(wanted: int) -> None:
    with pytest.raises(ContractMismatchError, match="proxygen build") as caught:
        require_contract(wanted)
    assert f"contract {wanted}," in str(caught.value)
    assert f"contract {CONTRACT}:" in str(caught.value)
