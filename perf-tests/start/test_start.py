import io
import json
import pathlib
import tempfile
import unittest
from contextlib import redirect_stderr

import start  # first: it makes the modules of peers known

import mesh
from variants import VARIANTS

COMMAND = ["/jdk/bin/java", "-XX:+UseSerialGC", "-Xmx128m", "-XX:AOTCache=/cache", "-Dsluice.home=/x", "-jar", "/x.jar"]


class Variants(unittest.TestCase):
    def test_one_collector_takes_the_place_of_the_other(self):
        self.assertEqual(VARIANTS["g1"].of(COMMAND), [
            "/jdk/bin/java", "-Xmx128m", "-XX:AOTCache=/cache", "-Dsluice.home=/x", "-XX:+UseG1GC", "-jar", "/x.jar"])

    def test_current_is_what_the_launcher_says(self):
        self.assertEqual(VARIANTS["current"].of(COMMAND), COMMAND)

    def test_no_cache(self):
        self.assertNotIn("-XX:AOTCache=/cache", VARIANTS["no-cache"].of(COMMAND))

    def test_the_program_stays_last(self):
        for name, variant in VARIANTS.items():
            self.assertEqual(variant.of(COMMAND)[-2:], COMMAND[-2:], name)


class Figures(unittest.TestCase):
    def test_pauses_of_all_collectors(self):
        log = ("[1.0s][info][safepoint] Safepoint \"G1CollectForAllocation\", Total:   2500000 ns\n"
               "[1.1s][info][safepoint] Safepoint \"Cleanup\", Total: 500000 ns\n")
        self.assertEqual(start.pauses(log), {"pause_max_ms": 2.5, "pause_sum_ms": 3.0})
        self.assertEqual(start.pauses(""), {"pause_max_ms": 0.0, "pause_sum_ms": 0.0})

    def test_the_table_has_medians(self):
        rounds = [{"ready_ms": 1200.0}, {"ready_ms": 900.0}, {"ready_ms": 1000.0}]
        lines = start.table({"current": rounds})
        self.assertTrue(lines[2].startswith("| current: as the launcher starts it | 1,000 | - |"), lines[2])


class Mesh(unittest.TestCase):
    def test_each_pod_has_its_own_namespace_and_address(self):
        everyone = range(start.PODS_MAX)
        self.assertEqual(len({mesh.pod_name(each) for each in everyone}), start.PODS_MAX)
        self.assertEqual(len({mesh.pod_address(each) for each in everyone}), start.PODS_MAX)

    def test_the_configuration_names_them(self):
        with tempfile.TemporaryDirectory() as directory:
            config = mesh.configuration(pathlib.Path(directory), 3)
            pods = [item for file in config.iterdir() for item in json.loads(file.read_text())["items"]
                    if "sluice.io/netns" in item["metadata"].get("annotations", {})]
        self.assertEqual(sorted(each["metadata"]["annotations"]["sluice.io/netns"] for each in pods),
                         [f"/run/netns/{mesh.pod_name(each)}" for each in range(3)])


class Options(unittest.TestCase):
    def test_defaults(self):
        found = start.options([])
        self.assertEqual((found.rounds, found.pods, found.seconds, found.variants), (3, 50, 5, ["current"]))

    def test_wrong_ones_end_with_status_2(self):
        for args in (["--rounds", "0"], ["--pods", "999"], ["--variants", "turbo"], ["--fast"]):
            with self.assertRaises(SystemExit) as ended, redirect_stderr(io.StringIO()):
                start.options(args)
            self.assertEqual(ended.exception.code, 2)


if __name__ == "__main__":
    unittest.main()
