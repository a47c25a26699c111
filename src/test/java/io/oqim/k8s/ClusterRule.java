package io.oqim.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.oqim.config.DatabaseConfig;
import io.oqim.config.OqimConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What must be so of an overlay as a whole. */
enum ClusterRule implements Rule {
    CONFIGURATION_IS_GOOD {
        @Override
        public void check(Rendered all, List<String> wrong) {
            try {
                OqimConfig ignored = Rule.config(all);
            } catch (IOException | RuntimeException e) {
                wrong.add(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void breakIt(Rendered all) {
            configure(all, "database:", "databse:");
        }
    },

    CONNECTIONS_FIT_INTO_POSTGRESQL {
        // For the operator, a migration, an audit, the retention and a person.
        private static final int OTHERS = 30;

        @Override
        public void check(Rendered all, List<String> wrong) throws IOException {
            var cluster = all.all("Cluster").findFirst();
            if (cluster.isEmpty()) {
                return;
            }
            int most = cluster.get().at("/spec/postgresql/parameters/max_connections").asInt();
            int processes = 0;
            for (Rendered.Workload workload : all.workloads()) {
                if (workload.serves()) {
                    processes +=
                            replicas(all, workload)
                                    + workload.object()
                                            .at("/spec/strategy/rollingUpdate/maxSurge")
                                            .asInt();
                }
            }
            DatabaseConfig database = Rule.config(all).database();
            int wanted =
                    processes * Math.max(database.poolSize(), database.replicaPoolSize()) + OTHERS;
            if (wanted > most || processes == 0) {
                wrong.add(processes + " processes want " + wanted + " connections of " + most);
            }
        }

        private static int replicas(Rendered all, Rendered.Workload workload) {
            String name = workload.object().at("/metadata/name").asText();
            return all.objects().stream()
                    .filter(one -> one.at("/spec/scaleTargetRef/name").asText().equals(name))
                    .mapToInt(
                            one ->
                                    one.path("spec").path("maxReplicas").asInt()
                                            + one.path("spec").path("maxReplicaCount").asInt())
                    .max()
                    .orElse(1);
        }

        @Override
        public void breakIt(Rendered all) {
            Change.of(
                    all.one("ScaledObject", "oqim-gateway").orElseThrow(),
                    "/spec/maxReplicaCount",
                    "60");
        }
    },

    NOTHING_TALKS_UNLESS_IT_IS_ALLOWED {
        @Override
        public void check(Rendered all, List<String> wrong) {
            boolean denied =
                    all.all("NetworkPolicy")
                            .anyMatch(
                                    policy ->
                                            policy.at("/spec/podSelector").isEmpty()
                                                    && policy.at("/spec/policyTypes").size() == 2
                                                    && !policy.path("spec").has("ingress")
                                                    && !policy.path("spec").has("egress"));
            if (!denied) {
                wrong.add("nothing denies what is not allowed");
            }
        }

        @Override
        public void breakIt(Rendered all) {
            all.objects().removeIf(one -> one.at("/metadata/name").asText().equals("default-deny"));
        }
    },

    THE_WAY_OUT_LEADS_TO_PUBLIC_ADDRESSES_ALONE {
        private static final Set<String> PRIVATE =
                Set.of(
                        "10.0.0.0/8",
                        "100.64.0.0/10",
                        "127.0.0.0/8",
                        "169.254.0.0/16",
                        "172.16.0.0/12",
                        "192.168.0.0/16");

        @Override
        public void check(Rendered all, List<String> wrong) {
            all.all("NetworkPolicy")
                    .filter(policy -> policy.at("/spec/podSelector").toString().contains("oqim\"]"))
                    .flatMap(policy -> stream(policy.at("/spec/egress")))
                    .flatMap(egress -> stream(egress.path("to")))
                    .map(to -> to.path("ipBlock"))
                    .filter(block -> block.path("cidr").asText().equals("0.0.0.0/0"))
                    .forEach(
                            block -> {
                                Set<String> but = new TreeSet<>();
                                block.path("except").forEach(one -> but.add(one.asText()));
                                if (!but.containsAll(PRIVATE)) {
                                    wrong.add("the way out excepts only " + but);
                                }
                            });
        }

        @Override
        public void breakIt(Rendered all) {
            Change.of(
                    all.one("NetworkPolicy", "way-out").orElseThrow(),
                    "/spec/egress/0/to/0/ipBlock/except",
                    "[\"10.0.0.0/8\"]");
        }
    },

    NO_SECRET_IS_IN_THE_MANIFESTS {
        @Override
        public void check(Rendered all, List<String> wrong) {
            boolean forLooking =
                    all.all("Namespace")
                            .allMatch(
                                    space -> space.at("/metadata/name").asText().endsWith("-dev"));
            if (!forLooking && all.all("Secret").findAny().isPresent()) {
                wrong.add("there is a Secret");
            }
            for (Rendered.Workload workload : all.workloads()) {
                for (JsonNode container : workload.containers()) {
                    for (JsonNode one : container.path("env")) {
                        boolean secret =
                                one.path("name").asText().matches(".*(KEY|PASSWORD|TOKEN).*");
                        if (secret && one.has("value")) {
                            wrong.add(workload.name() + " has " + one.path("name").asText());
                        }
                    }
                }
            }
        }

        @Override
        public void breakIt(Rendered all) {
            Change.of(
                    all.one("Deployment", "oqim-gateway").orElseThrow(),
                    "/spec/template/spec/containers/0/env",
                    "[{\"name\":\"OQIM_ADMIN_KEY\",\"value\":\"x\"}]");
        }
    },

    PRODUCTION_TALKS_TLS {
        @Override
        public void check(Rendered all, List<String> wrong) throws IOException {
            if (all.all("Cluster").findAny().isEmpty()) {
                return;
            }
            OqimConfig config = Rule.config(all);
            for (String url : List.of(config.database().url(), config.database().replicaUrl())) {
                if (!url.contains("sslmode=verify-full")) {
                    wrong.add(url + " trusts anybody");
                }
            }
            config.banks().endpoints().stream()
                    .flatMap(
                            bank ->
                                    Stream.concat(
                                            Stream.of(bank.url()), bank.journalUrl().stream()))
                    .map(URI::getScheme)
                    .filter(scheme -> !scheme.equals("https"))
                    .forEach(scheme -> wrong.add("a bank is asked by " + scheme));
            boolean redis =
                    all.one("ExternalSecret", "oqim-redis")
                            .map(secret -> secret.at("/spec/target/template/data/url").asText())
                            .orElse("")
                            .startsWith("rediss");
            if (!redis) {
                wrong.add("Redis is asked without TLS");
            }
        }

        @Override
        public void breakIt(Rendered all) {
            configure(all, "https://", "http://");
        }
    },

    EACH_ALERT_HAS_A_RUNBOOK {
        @Override
        public void check(Rendered all, List<String> wrong) throws IOException {
            String runbooks = Files.readString(Path.of("docs", "operating.md"));
            all.all("PrometheusRule")
                    .flatMap(rules -> stream(rules.at("/spec/groups")))
                    .flatMap(group -> stream(group.path("rules")))
                    .map(rule -> rule.path("alert").asText())
                    .filter(alert -> !runbooks.contains("\n### " + alert + "\n"))
                    .forEach(alert -> wrong.add("docs/operating.md says nothing of " + alert));
        }

        @Override
        public void breakIt(Rendered all) {
            Change.of(
                    all.all("PrometheusRule").findFirst().orElseThrow(),
                    "/spec/groups",
                    "[{\"name\":\"x\",\"rules\":[{\"alert\":\"OqimOdd\",\"expr\":\"1\"}]}]");
        }
    },

    THE_NAMESPACE_ENFORCES_WHAT_PODS_PROMISE {
        @Override
        public void check(Rendered all, List<String> wrong) {
            boolean enforced =
                    all.all("Namespace")
                            .anyMatch(
                                    space ->
                                            space.at("/metadata/labels")
                                                    .path("pod-security.kubernetes.io/enforce")
                                                    .asText()
                                                    .equals("restricted"));
            if (!enforced) {
                wrong.add("the namespace takes any pod");
            }
        }

        @Override
        public void breakIt(Rendered all) {
            Change.of(all.all("Namespace").findFirst().orElseThrow(), "/metadata/labels", "{}");
        }
    };

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static void configure(Rendered all, String from, String to) {
        ObjectNode data =
                (ObjectNode)
                        all.all("ConfigMap")
                                .filter(one -> one.at("/data/application.yaml").isTextual())
                                .findFirst()
                                .orElseThrow()
                                .path("data");
        data.put("application.yaml", data.path("application.yaml").asText().replace(from, to));
    }
}
