"""A bar chart of the most important rows, as SVG. Pure."""

from xml.sax.saxutils import escape

from figures import middle, per_cpu_second

WIDTH, BAR, GAP, LEFT = 760, 18, 6, 220
COLOURS = {"sluice": "#1f6feb", "redirect": "#79b0ff", "mesh": "#79b0ff"}
CHARTS = [
    ("requests per CPU-second, 1 KiB (more is better)", "small", per_cpu_second),
    ("new connections per CPU-second (more is better)", "connect", per_cpu_second),
    ("p99 at saturation, µs (less is better)", "small", "p99_us"),
    ("p99 at 1,000/s, µs (less is better)", "rate", "p99_us"),
]


def svg(results, targets, caption):
    parts, y = [], 30
    for title, load, key in CHARTS:
        bars = [(name, label, middle(results.get(load, {}).get(name, []), key)) for name, label in targets]
        bars = [(name, label, value) for name, label, value in bars if value]
        if not bars:
            continue
        parts.append(text(10, y, title, weight="bold"))
        y += 12
        longest = max(value for _, _, value in bars)
        for name, label, value in bars:
            width = (WIDTH - LEFT - 90) * value / longest
            parts.append(text(10, y + 13, label))
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{COLOURS.get(name, "#9aa4b2")}"/>')
            parts.append(text(LEFT + width + 6, y + 13, f"{value:,.0f}"))
            y += BAR + GAP
        y += 28
    parts.append(text(10, y, caption, size=10))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 14}" font-family="sans-serif">'
            f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')


def text(x, y, words, size=12, weight="normal"):
    return f'<text x="{x:.1f}" y="{y}" font-size="{size}" font-weight="{weight}">{escape(words)}</text>'
