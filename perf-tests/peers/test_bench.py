import io
import unittest
import xml.dom.minidom
from contextlib import redirect_stderr

import chart
import figures
import main
import proxies
from processes import Fault


def sample(count=1000, cpu=0.5, proxy=1.0, load=0.5, errors=0, p50=100.0, p99=200.0):
    return {"count": count, "seconds": 2.0, "cpu_seconds": cpu, "bytes": 250_000_000, "errors": errors,
            "busy": {"0": proxy, "1": load}, "p50_us": p50, "p99_us": p99, "p999_us": 300.0}


class Figures(unittest.TestCase):
    def test_one_round(self):
        self.assertEqual(figures.per_second(sample()), 500)
        self.assertEqual(figures.per_cpu_second(sample()), 2000)
        self.assertEqual(figures.cpu_seconds_per_million(sample()), 500)
        self.assertEqual(figures.gbit_per_second(sample()), 1.0)

    def test_no_cpu_time_at_all_is_no_figure(self):
        self.assertIsNone(figures.per_cpu_second(sample(cpu=0)))

    def test_the_middle_of_the_rounds(self):
        self.assertEqual(figures.middle([sample(p50=3.0), sample(p50=1.0), sample(p50=2.0)], "p50_us"), 2.0)
        self.assertIsNone(figures.middle([], "p50_us"))

    def test_what_does_not_count_says_why(self):
        self.assertEqual(figures.doubts([sample()]), "")
        self.assertEqual(figures.doubts([sample(proxy=0.8)]), "proxy's core 80% busy")
        self.assertEqual(figures.doubts([sample(load=0.97)]), "load's core 97% busy")
        self.assertEqual(figures.doubts([sample(errors=9)]), "9 errors")

    def test_the_table_marks_it(self):
        results = {"small": {"direct": [sample(load=1.0)], "nginx": [sample(load=1.0)]}}
        lines, notes = figures.table(results, [("direct", "direct"), ("nginx", "nginx")], {"nginx": 12.3})
        self.assertIn("| 1 KiB, 64 connections: requests/s | 500 | 500 * |", lines)
        self.assertIn("| ... requests per CPU-second | - | 2,000 |", lines)
        self.assertIn("| memory after all of it, MiB | - | 12 |", lines)
        self.assertEqual(notes, ["nginx, small: load's core 100% busy"])

    def test_over_direct(self):
        results = {"rate": {"direct": [sample(p50=80.0)], "nginx": [sample(p50=130.0)]}}
        lines = figures.over_direct(results, [("direct", "direct"), ("nginx", "nginx")])
        self.assertEqual(lines[0], "| ... p50 over direct, µs | - | 50 |")

    def test_goals(self):
        results = {"small": {"sluice": [sample(cpu=0.5)], "envoy": [sample(cpu=2.0)], "haproxy": [sample(cpu=0.25)]}}
        lines = figures.goals(results)
        self.assertIn("| requests per CPU-second, 1 KiB, to Envoy's | ≥ 3 | 4.00 | met |", lines)
        self.assertIn("| ... to HAProxy's | ≥ 0.9 | 0.50 | missed: 0.56 of the target |", lines)
        self.assertIn("| ... to nginx's | ≥ 0.9 | - | not measured |", lines)


    def test_same_node(self):
        results = {"rate": {"mesh": [sample(p50=200.0)], "pods": [sample(p50=100.0)], "envoys": [sample(p50=480.0)],
                            "direct": [sample(p50=80.0)]},
                   "small": {"mesh": [sample(cpu=0.5)], "envoys": [sample(cpu=0.8)]}}
        lines = figures.same_node(results)
        self.assertIn("| ≤ 0.5 | 0.25 | met |", lines[0])
        self.assertIn("| ≤ 0.5 | 0.62 | missed: 1.25 of the target |", lines[1])
        self.assertEqual(figures.same_node({}), [])


class Output(unittest.TestCase):
    def test_the_chart_is_xml(self):
        results = {"small": {"sluice": [sample()], "nginx": [sample()]}}
        text = chart.svg(results, [("sluice", "Sluice <&>"), ("nginx", "nginx")], "machine & more")
        xml.dom.minidom.parseString(text)
        self.assertIn("2,000", text)

    def test_only_what_is_between_the_marks_changes(self):
        document = f"a\n{main.DOCS_BEGIN}\nold\n{main.DOCS_END}\nb\n"
        changed = main.between_marks(document, "new\n")
        self.assertEqual(changed, f"a\n{main.DOCS_BEGIN}\n\nnew\n\n{main.DOCS_END}\nb\n")
        self.assertEqual(main.between_marks(changed, "new\n"), changed)
        with self.assertRaises(Fault):
            main.between_marks("no marks", "new")


class Options(unittest.TestCase):
    def test_defaults(self):
        found = main.options([])
        self.assertEqual((found.rounds, found.seconds, found.warm_up, found.only), (3, 5, 12, proxies.NAMES))

    def test_only_keeps_the_order_of_the_table(self):
        self.assertEqual(main.options(["--only", "nginx,sluice"]).only, ["sluice", "nginx"])

    def test_wrong_ones_end_with_status_2(self):
        for args in (["--rounds", "0"], ["--only", "apache"], ["--seconds", "x"], ["--quick", "--write-docs"], ["--fast"]):
            with self.assertRaises(SystemExit) as ended, redirect_stderr(io.StringIO()):
                main.options(args)
            self.assertEqual(ended.exception.code, 2)


class Alike(unittest.TestCase):
    def test_all_know_the_host_and_the_backend(self):
        for text in (str(proxies.envoy_config(proxies.ENVOY_PORTS, 1, proxies.BACKEND)), proxies.HAPROXY, str(proxies.sluice_resources())):
            self.assertIn(proxies.HOST, text)
            for port in proxies.BACKEND.values():
                self.assertIn(str(port), text)


if __name__ == "__main__":
    unittest.main()
