package io.oqim.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What must be so of everything that makes pods; each names what of the gateway breaks it. */
enum PodRule implements Rule {
    PODS_ARE_RESTRICTED("/spec/template/spec/securityContext/runAsNonRoot", "false") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            for (Rendered.Workload workload : all.workloads()) {
                JsonNode pod = workload.spec().path("securityContext");
                need(wrong, workload, pod.path("runAsNonRoot").asBoolean(), "runs as root");
                need(wrong, workload, pod.path("runAsUser").asInt() > 0, "has no user");
                need(
                        wrong,
                        workload,
                        pod.at("/seccompProfile/type").asText().equals("RuntimeDefault"),
                        "has no seccomp profile");
                need(
                        wrong,
                        workload,
                        !workload.spec().has("hostNetwork") && !workload.spec().has("hostPID"),
                        "shares the host's namespaces");
                for (JsonNode volume : workload.spec().path("volumes")) {
                    need(wrong, workload, !volume.has("hostPath"), "mounts the host");
                }
                for (JsonNode container : workload.containers()) {
                    JsonNode own = container.path("securityContext");
                    need(
                            wrong,
                            workload,
                            own.has("allowPrivilegeEscalation")
                                    && !own.path("allowPrivilegeEscalation").asBoolean(),
                            "may escalate");
                    need(
                            wrong,
                            workload,
                            own.path("readOnlyRootFilesystem").asBoolean(),
                            "may write to its root");
                    need(
                            wrong,
                            workload,
                            own.at("/capabilities/drop/0").asText().equals("ALL"),
                            "keeps capabilities");
                }
            }
        }
    },

    PODS_HAVE_NO_TOKEN_AND_NO_SERVICE_LINKS("/spec/template/spec/enableServiceLinks", "true") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            for (Rendered.Workload workload : all.workloads()) {
                for (String name : List.of("automountServiceAccountToken", "enableServiceLinks")) {
                    JsonNode value = workload.spec().path(name);
                    need(wrong, workload, value.isBoolean() && !value.asBoolean(), "has " + name);
                }
            }
        }
    },

    IMAGES_HAVE_A_VERSION("/spec/template/spec/containers/0/image", "\"oqim:latest\"") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            for (Rendered.Workload workload : all.workloads()) {
                for (JsonNode container : workload.containers()) {
                    String image = container.path("image").asText();
                    boolean fixed = image.matches(".+(:[0-9][^:/]*|@sha256:[0-9a-f]{64})");
                    need(wrong, workload, fixed, "runs " + image);
                }
            }
        }
    },

    CONTAINERS_HAVE_REQUESTS_AND_A_LIMIT_OF_MEMORY(
            "/spec/template/spec/containers/0/resources/limits/memory", "\"4Gi\"") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            for (Rendered.Workload workload : all.workloads()) {
                for (JsonNode container : workload.containers()) {
                    JsonNode resources = container.path("resources");
                    String memory = resources.at("/requests/memory").asText();
                    need(
                            wrong,
                            workload,
                            !resources.at("/requests/cpu").asText().isEmpty(),
                            "asks for no CPU");
                    need(
                            wrong,
                            workload,
                            !memory.isEmpty()
                                    && memory.equals(resources.at("/limits/memory").asText()),
                            "may take another amount of memory than it asks for");
                }
            }
        }
    },

    PROBES_MEAN_WHAT_THEY_SAY(
            "/spec/template/spec/containers/0/livenessProbe/httpGet/path", "\"/health/ready\"") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            for (Rendered.Workload workload : all.workloads()) {
                String kind = workload.object().path("kind").asText();
                if (!kind.equals("Deployment") && !kind.equals("StatefulSet")) {
                    continue;
                }
                JsonNode container = workload.containers().getFirst();
                for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                    need(wrong, workload, container.has(probe), "has no " + probe);
                }
                if (workload.serves()) {
                    need(
                            wrong,
                            workload,
                            container
                                    .at("/livenessProbe/httpGet/path")
                                    .asText()
                                    .equals("/health/live"),
                            "is killed for more than being dead");
                    need(
                            wrong,
                            workload,
                            container
                                    .at("/readinessProbe/httpGet/path")
                                    .asText()
                                    .equals("/health/ready"),
                            "gets requests before it can commit");
                }
            }
        }
    },

    GRACE_EXCEEDS_WHAT_A_STOP_MAY_TAKE("/spec/template/spec/terminationGracePeriodSeconds", "30") {
        @Override
        public void check(Rendered all, List<String> wrong) throws IOException {
            var server = Rule.config(all).server();
            for (Rendered.Workload workload : all.workloads()) {
                if (workload.serves()) {
                    int before =
                            workload.containers()
                                    .getFirst()
                                    .at("/lifecycle/preStop/sleep/seconds")
                                    .asInt();
                    need(wrong, workload, before > 0, "is told to stop while it is still chosen");
                    // Payments, then what the journal has queued.
                    Duration most =
                            Duration.ofSeconds(before)
                                    .plus(server.notice())
                                    .plus(server.drain().multipliedBy(2))
                                    .plus(server.stopGrace());
                    long grace = workload.spec().path("terminationGracePeriodSeconds").asLong();
                    need(
                            wrong,
                            workload,
                            grace > most.toSeconds(),
                            "has " + grace + " s to stop, but may need " + most.toSeconds());
                }
            }
        }
    },

    PODS_ARE_SPREAD_AND_NOT_ALL_TAKEN_AT_ONCE(
            "/spec/template/spec/topologySpreadConstraints", "[]") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            for (Rendered.Workload workload : all.workloads()) {
                if (workload.serves()) {
                    Set<String> keys = new TreeSet<>();
                    workload.spec()
                            .path("topologySpreadConstraints")
                            .forEach(one -> keys.add(one.path("topologyKey").asText()));
                    need(
                            wrong,
                            workload,
                            keys.equals(
                                    Set.of(
                                            "kubernetes.io/hostname",
                                            "topology.kubernetes.io/zone")),
                            "is not spread over hosts and zones");
                    JsonNode labels = workload.template().at("/metadata/labels");
                    need(
                            wrong,
                            workload,
                            all.all("PodDisruptionBudget")
                                    .anyMatch(
                                            budget ->
                                                    Rule.selects(
                                                            budget.at("/spec/selector/matchLabels"),
                                                            labels)),
                            "has no disruption budget");
                }
            }
        }
    },

    SERVICES_FIND_THEIR_PODS("/spec/template/metadata/labels/app.kubernetes.io~1name", "\"x\"") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            all.all("Service")
                    .forEach(
                            service -> {
                                boolean found =
                                        all.workloads().stream()
                                                .anyMatch(workload -> serves(service, workload));
                                if (!found) {
                                    wrong.add(
                                            "no pod has the labels and ports of Service "
                                                    + service.at("/metadata/name").asText());
                                }
                            });
        }

        private static boolean serves(JsonNode service, Rendered.Workload workload) {
            Set<String> ports = new TreeSet<>();
            workload.containers()
                    .forEach(
                            container ->
                                    container
                                            .path("ports")
                                            .forEach(
                                                    port -> ports.add(port.path("name").asText())));
            Set<String> wanted = new TreeSet<>();
            service.at("/spec/ports").forEach(port -> wanted.add(port.path("targetPort").asText()));
            return Rule.selects(
                            service.at("/spec/selector"),
                            workload.template().at("/metadata/labels"))
                    && ports.containsAll(wanted);
        }
    },

    WHAT_IS_SCALED_HAS_NO_NUMBER_OF_ITS_OWN("/spec/replicas", "3") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            all.objects().stream()
                    .filter(object -> object.at("/spec/scaleTargetRef").isObject())
                    .map(object -> object.at("/spec/scaleTargetRef/name").asText())
                    .forEach(
                            name -> {
                                var target = all.one("Deployment", name);
                                if (target.isEmpty() || target.get().at("/spec").has("replicas")) {
                                    wrong.add(name + " is not there, or has replicas of its own");
                                }
                            });
        }
    },

    ONLY_WHO_TAKES_CARDS_HAS_WHAT_OPENS_THEM(
            "/spec/template/spec/volumes/1/projected/sources/2/secret/name", "\"oqim-redis\"") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            List<String> takers =
                    List.of(
                            "Deployment oqim-gateway",
                            "Deployment oqim-stream",
                            "CronJob oqim-rewrap");
            // Roles that look at no key at all.
            List<String> withoutKeys = List.of("Job oqim-migrate", "Deployment oqim-sandbox");
            for (Rendered.Workload workload : all.workloads()) {
                String text = workload.spec().toString();
                boolean opens = text.contains("\"oqim-vault");
                need(
                        wrong,
                        workload,
                        opens == takers.contains(workload.name()),
                        "has the keys of cards, or lacks them");
                boolean without = text.contains("\"OQIM_VAULT_ENABLED\",\"value\":\"false\"");
                boolean hasSecrets = text.contains("\"OQIM_SECRETS\"");
                need(
                        wrong,
                        workload,
                        !hasSecrets || opens != without || withoutKeys.contains(workload.name()),
                        "says that it takes cards and has no keys, or the other way round");
            }
        }
    },

    ONLY_MIGRATIONS_AND_RETENTION_MAY_CHANGE_TABLES(
            "/spec/template/spec/volumes/1/projected/sources/1/secret/name",
            "\"oqim-database-migrate\"") {
        @Override
        public void check(Rendered all, List<String> wrong) {
            for (Rendered.Workload workload : all.workloads()) {
                boolean migrates = workload.name().equals("Job oqim-migrate");
                boolean retains = workload.name().equals("CronJob oqim-retain");
                boolean oqim =
                        workload.template()
                                .at("/metadata/labels")
                                .path("app.kubernetes.io/name")
                                .asText()
                                .equals("oqim");
                String text = workload.spec().toString();
                boolean owner = text.contains("\"oqim-database-migrate");
                if (oqim) {
                    need(
                            wrong,
                            workload,
                            owner == (migrates || retains),
                            "has the role that owns the tables");
                }
                if (migrates) {
                    need(
                            wrong,
                            workload,
                            workload.spec().findValues("secret").stream()
                                    .noneMatch(
                                            s ->
                                                    s.path("name")
                                                            .asText()
                                                            .matches("oqim(-[a-z0-9]{10})?")),
                            "has keys that it does not need");
                }
            }
        }
    };

    private final String pointer;
    private final String value;

    /**
     * @param pointer what in the gateway's Deployment has to be so
     * @param value what it must not be
     */
    PodRule(String pointer, String value) {
        this.pointer = pointer;
        this.value = value;
    }

    @Override
    public void breakIt(Rendered all) {
        Change.of(all.one("Deployment", "oqim-gateway").orElseThrow(), pointer, value);
    }

    private static void need(
            List<String> wrong, Rendered.Workload workload, boolean is, String otherwise) {
        if (!is) {
            wrong.add(workload.name() + " " + otherwise);
        }
    }
}
