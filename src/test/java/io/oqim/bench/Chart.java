package io.oqim.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bars, drawn as SVG: a panel for each measure, in it a bar for each server. */
final class Chart {
    private static final int NAMES = 150;
    private static final int PANEL = 240;
    private static final int BAR = 18;
    private static final int ROW = 28;
    private static final int TOP = 64;
    private static final int VALUE = 62;

    private final String title;
    private final List<Panel> panels = new ArrayList<>();

    private record Panel(String name, String format, Map<String, Double> values) {}

    Chart(String title) {
        this.title = title;
    }

    /**
     * @param format of a value, as for {@link String#format}
     * @param values of the servers, in their order; the first panel has all of them
     */
    Chart panel(String name, String format, Map<String, Double> values) {
        panels.add(new Panel(name, format, values));
        return this;
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, svg());
    }

    String svg() {
        List<String> names = List.copyOf(panels.getFirst().values().keySet());
        int width = NAMES + panels.size() * PANEL;
        int height = TOP + names.size() * ROW + 12;
        StringBuilder out = new StringBuilder();
        out.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
                font-family="system-ui, sans-serif" font-size="13">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                <text x="12" y="22" font-size="15" font-weight="600" fill="#1f2937">%s</text>
                """
                        .formatted(width, height, width, height, title));
        for (int i = 0; i < names.size(); i++) {
            out.append(text(NAMES - 10, TOP + i * ROW + 14, "end", names.get(i)));
        }
        for (int i = 0; i < panels.size(); i++) {
            draw(out, panels.get(i), names, NAMES + i * PANEL);
        }
        return out.append("</svg>\n").toString();
    }

    private static void draw(StringBuilder out, Panel panel, List<String> names, int left) {
        out.append(text(left, TOP - 14, "start", panel.name()));
        double most = panel.values().values().stream().mapToDouble(v -> v).max().orElse(1);
        for (int row = 0; row < names.size(); row++) {
            Double measured = panel.values().get(names.get(row));
            if (measured == null) {
                continue;
            }
            double length = (PANEL - VALUE - 12) * measured / most;
            int top = TOP + row * ROW;
            out.append(
                    String.format(
                            Locale.ROOT,
                            "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>%n",
                            left,
                            top,
                            length,
                            BAR,
                            row == 0 ? "#0f766e" : "#94a3b8"));
            String value = String.format(Locale.ROOT, panel.format(), measured);
            out.append(text(left + length + 6, top + 14, "start", value));
        }
    }

    private static String text(double x, int y, String anchor, String text) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" fill=\"#1f2937\">%s</text>%n",
                x,
                y,
                anchor,
                text);
    }
}
