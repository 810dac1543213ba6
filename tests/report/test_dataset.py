"""The netCDF file: opened by xarray, every variable with its unit, the numbers those of the answer."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr
from tests.report.cases import CASES, result

import bellpush
from bellpush.report.write import write


@pytest.mark.parametrize("name", CASES)
def test_every_variable_has_a_unit_and_a_name(name, report):
    """Numbers without units are no data."""
    found = result(name)
    with xr.open_datatree(report(name) / "result.nc", engine="h5netcdf") as tree:
        assert tree.attrs["source"] == f"bellpush {bellpush.__version__}"
        assert found.scenario.job.hash in tree.attrs["jobs"]
        assert len(tree.children) == len(found.requests)
        for node in tree.subtree:
            for variable in node.data_vars.values():
                assert variable.attrs["units"]
                assert variable.attrs["long_name"]
        for group in tree.children.values():
            assert json.loads(group.attrs["scenario"]) == json.loads(json.dumps(found.scenario.to_dict()))


def test_the_numbers_are_those_of_the_answer(tmp_path):
    """At the root every request in a row, in its group its state and its curve."""
    names = ["humphreys-2018", "kurpiers-2018"]
    results = [result(name) for name in names]
    write(results, names, tmp_path / "out")
    with xr.open_dataset(tmp_path / "out" / "result.nc", engine="h5netcdf") as root:
        assert root.request.values.tolist() == names
        assert root.fidelity.values.tolist() == [one["clocked"].fidelity.value for one in results]
        assert root.link_rate.attrs["units"] == "Hz"
    with xr.open_dataset(tmp_path / "out" / "result.nc", group="humphreys-2018", engine="h5netcdf") as one:
        assert np.array_equal(one.correlations_delivered, results[0]["clocked"].state)
        near = one.fidelity_over_time.sel(time=0.1, method="nearest")
        assert float(near) == pytest.approx(results[0]["clocked"].fidelity.value, abs=1e-12)
        trace = one.density_delivered_real.values.trace()
        assert trace == pytest.approx(1)
