"""Sets of JVM options to compare. Each begins with what the launcher gives and takes options out of it or adds some."""

COLLECTORS = ["Serial", "Parallel", "G1", "Z", "Shenandoah"]


class Variant:
    """without: beginnings of options that are taken out; plus: what is added."""

    def __init__(self, title, without=(), plus=()):
        self.title, self.without, self.plus = title, tuple(without), tuple(plus)

    def of(self, command):
        """The java command line with this variant's options instead of the launcher's."""
        end = command.index("-jar")
        kept = [each for each in command[1:end] if not self.without or not each.startswith(self.without)]
        return [command[0], *kept, *self.plus, *command[end:]]


def collector(name, *more):
    own = (*(f"-XX:+Use{each}GC" for each in COLLECTORS), "-Xmn")
    return Variant(f"{name} collector", own, (f"-XX:+Use{name}GC", *more))


HEAP = ("-Xms", "-Xmx", "-Xmn")
CACHE = ("-XX:AOTCache=",)
BEFORE = [
    "-Xms32m", "-Xmx512m", "-XX:MaxDirectMemorySize=512m", "-XX:+UseG1GC", "-XX:+UseTransparentHugePages",
    "-XX:+ExitOnOutOfMemoryError"]

VARIANTS = {
    "current": Variant("as the launcher starts it"),
    "before": Variant("G1, 512 MiB, huge pages: as it was", ("-X", "-Dio.netty.jfr"), BEFORE),
    "no-cache": Variant("without the AOT cache", CACHE),
    "young-24": collector("Serial", "-Xmn24m"),
    "young-48": collector("Serial", "-Xmn48m"),
    "parallel": collector("Parallel"),
    "g1": collector("G1"),
    "z": collector("Z"),
    "shenandoah": collector("Shenandoah"),
    "huge-pages": Variant("with huge pages", (), ["-XX:+UseTransparentHugePages"]),
    "wide-headers": Variant("without compact object headers", ("-XX:+UseCompactObjectHeaders", *CACHE)),
    "pooled": Variant("Netty's pooled allocator", ("-Dio.netty.allocator.",), ["-Dio.netty.allocator.type=pooled"]),
    "adaptive": Variant("Netty's adaptive allocator", ("-Dio.netty.allocator.",), ["-Dio.netty.allocator.type=adaptive"]),
    "heap-64": Variant("heap of 64 MiB", ("-Xmx",), ["-Xmx64m"]),
    "heap-256": Variant("heap of 256 MiB", ("-Xmx",), ["-Xmx256m"]),
    "no-trim": Variant("malloc never trimmed", ("-XX:TrimNativeHeapInterval",)),
}
