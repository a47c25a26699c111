package io.oqim.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code NAME=VALUE} arguments. */
record Options(Map<String, String> values) {
    /** What is recommended for a process that has nothing but streams. */
    private static final String JVM =
            "-XX:+UseSerialGC -Xms48m -Xmn24m -Xmx512m -XX:MinHeapFreeRatio=5"
                    + " -XX:MaxHeapFreeRatio=10 -XX:+UseCompactObjectHeaders";

    static Options parse(List<String> arguments) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String argument : arguments) {
            int cut = argument.indexOf('=');
            if (cut < 1) {
                throw new IllegalArgumentException("not NAME=VALUE: " + argument);
            }
            values.put(argument.substring(0, cut), argument.substring(cut + 1));
        }
        return new Options(values);
    }

    /** The same, with another default. */
    Options with(String name, String byDefault) {
        Map<String, String> all = new LinkedHashMap<>(values);
        all.putIfAbsent(name, byDefault);
        return new Options(all);
    }

    int number(String name, int byDefault) {
        return Integer.parseInt(values.getOrDefault(name, Integer.toString(byDefault)));
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String text(String name, String byDefault) {
        return values.getOrDefault(name, byDefault);
    }

    /** Options of the Oqim process. */
    List<String> jvm() {
        return jvm(JVM);
    }

    List<String> jvm(String byDefault) {
        String recording =
                has("jfr")
                        ? " -XX:StartFlightRecording=settings=profile,filename=" + values.get("jfr")
                        : "";
        return List.of(
                (values.getOrDefault("jvm", byDefault) + recording).strip().split("\\s+", -1));
    }
}
