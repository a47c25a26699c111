package io.oqim;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms and their direction: the table of the design (ARCHITECTURE.md), held true. */
class ArchitectureTest {
    private static final String ROOT = "io.oqim";

    /** They serve features and know none; among themselves, only without cycles. */
    private static final Set<String> TOOLS =
            Set.of(
                    "money",
                    "http",
                    "store",
                    "redis",
                    "crypto",
                    "config",
                    "observe",
                    "concurrent",
                    "websocket");

    /**
     * What a feature may use besides tools. Money is a tool too; the table names it, so it stays.
     */
    private static final Map<String, Set<String>> FEATURES =
            Map.of(
                    "payment", Set.of("bank", "ledger", "merchant", "event", "vault", "risk"),
                    "bank", Set.of("money"),
                    "ledger", Set.of("money"),
                    "event", Set.of("money"),
                    "stream", Set.of("event", "merchant"),
                    "webhook", Set.of("event", "merchant"),
                    "merchant", Set.of(),
                    "vault", Set.of("money", "crypto"),
                    "risk", Set.of("money"));

    private static final Set<String> ALONE = Set.of("sandbox");

    /** Rooms' wiring that gives its routes to the root as Helidon's HttpService. Not to grow. */
    private static final String[] HAND_ROUTES_OVER = {"PaymentRoom", "StreamRoom", "WebhookRoom"};

    private static final JavaClasses MAIN = main();

    private static JavaClasses main() {
        // Classes of libraries are judged by their names; reading them too would take seconds.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT);
    }

    @Test
    void everyRoomStandsInTheTable() {
        Set<String> rooms = new TreeSet<>();
        MAIN.forEach(type -> rooms.add(room(type)));
        rooms.remove("");

        assertThat(rooms)
                .isNotEmpty()
                .allMatch(
                        room ->
                                TOOLS.contains(room)
                                        || FEATURES.containsKey(room)
                                        || ALONE.contains(room));
    }

    static Stream<String> rooms() {
        return Stream.of(TOOLS, FEATURES.keySet(), ALONE).flatMap(Set::stream).sorted();
    }

    /** This holds too that nobody uses payment or the root, and only the root the sandbox. */
    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomUsesOnlyTheRoomsThatTheTableAllows(String room) {
        Set<String> allowed = new TreeSet<>(Set.of(room));
        if (FEATURES.containsKey(room)) {
            allowed.addAll(FEATURES.get(room));
        }
        if (!ALONE.contains(room)) {
            allowed.addAll(TOOLS);
        }

        noClasses()
                .that(are("in " + room, type -> room(type).equals(room)))
                .should()
                .dependOnClassesThat(
                        are(
                                "of Oqim and in none of " + allowed,
                                type -> ours(type) && !allowed.contains(room(type))))
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void nobodyUsesPaymentButTheRoot() {
        noClasses()
                .that(are("in another room", type -> !Set.of("payment", "").contains(room(type))))
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + ".payment.."))
                .check(MAIN);
    }

    @Test
    void nobodyUsesTheSandboxButTheRoot() {
        noClasses()
                .that(are("in another room", type -> !Set.of("sandbox", "").contains(room(type))))
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + ".sandbox.."))
                .check(MAIN);
    }

    @Test
    void noConnectorSeesAnother() {
        slices().matching(ROOT + ".bank.(*)..")
                .should()
                .notDependOnEachOther()
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void thePortDoesNotKnowItsConnectors() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".bank")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".bank.*..")
                .check(MAIN);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void sqlIsOnlyInTheStoreAndInClassesThatReadForOneRoom() {
        noClasses()
                .that(
                        not(
                                resideInAnyPackage(ROOT + ".store..")
                                        .or(topNameEndsWith("Store", "Log"))))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "java.sql..",
                                "javax.sql..",
                                "org.postgresql..",
                                "com.zaxxer.hikari..",
                                "org.flywaydb.."))
                .check(MAIN);
    }

    @Test
    void aLogOnlyReads() {
        noClasses()
                .that(not(resideInAnyPackage(ROOT + ".store..")))
                .and(not(topNameEndsWith("Store")))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.sql..")
                                .and(
                                        not(
                                                belongToAnyOf(
                                                        java.sql.ResultSet.class,
                                                        java.sql.SQLException.class))))
                .check(MAIN);
    }

    @Test
    void helidonsServerIsOnlyWhereRequestsAreServed() {
        noClasses()
                .that(
                        not(
                                resideInAnyPackage(
                                                ROOT,
                                                ROOT + ".http..",
                                                ROOT + ".websocket..",
                                                ROOT + ".sandbox..")
                                        .or(topNameEndsWith("Routes", "Reads"))
                                        .or(topNameIs("Authentication", "AdminAuthentication"))
                                        .or(topNameIs(HAND_ROUTES_OVER))))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.helidon.webserver.."))
                .check(MAIN);
    }

    @Test
    void helidonsClientIsOnlyInBankAndWebhook() {
        noClasses()
                .that(not(resideInAnyPackage(ROOT + ".bank..", ROOT + ".webhook..")))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.helidon.webclient..", "io.helidon.faulttolerance.."))
                .check(MAIN);
    }

    @Test
    void helidonsConfigIsOnlyInConfig() {
        noClasses()
                .that(not(resideInAnyPackage(ROOT + ".config..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.helidon.config.."))
                .check(MAIN);
    }

    @Test
    void lettuceIsOnlyInRedis() {
        noClasses()
                .that(not(resideInAnyPackage(ROOT + ".redis..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.lettuce.."))
                .check(MAIN);
    }

    @Test
    void nettyIsOnlyBehindRedisAndAlarms() {
        noClasses()
                .that(not(resideInAnyPackage(ROOT + ".redis..", ROOT + ".concurrent..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.netty.."))
                .check(MAIN);
    }

    @Test
    void everyPackageIsDescribedAndNullMarked() {
        Map<String, Boolean> marked = new TreeMap<>();
        for (JavaClass type : MAIN) {
            JavaPackage owner = type.getPackage();
            marked.put(owner.getName(), owner.isAnnotatedWith(NullMarked.class));
        }

        assertThat(marked).containsKey(ROOT).doesNotContainValue(false);
    }

    @Test
    void namesSayWhatAClassIs() {
        List<String> empty =
                List.of(
                        "Impl", "Manager", "Helper", "Util", "Utils", "DTO", "Dto", "Base", "Data",
                        "Info");

        for (String word : empty) {
            noClasses().should(haveANameEndingWith(word)).check(MAIN);
        }
    }

    @Test
    void nothingIsKeptInThreadLocals() {
        noClasses().should().dependOnClassesThat(belongToAnyOf(ThreadLocal.class)).check(MAIN);
    }

    @Test
    void futuresAreInNoSignature() {
        List<String> futures = new ArrayList<>();
        for (JavaClass type : MAIN) {
            for (JavaCodeUnit unit : type.getCodeUnits()) {
                boolean synthetic =
                        unit.getModifiers().contains(JavaModifier.SYNTHETIC)
                                || unit.getName().startsWith("lambda$");
                boolean future =
                        Stream.concat(
                                        Stream.of(unit.getRawReturnType()),
                                        unit.getRawParameterTypes().stream())
                                .anyMatch(ArchitectureTest::future);
                if (future && !synthetic) {
                    futures.add(unit.getFullName());
                }
            }
            for (JavaField field : type.getFields()) {
                boolean hidden =
                        field.getModifiers().contains(JavaModifier.PRIVATE)
                                && room(type).equals("redis");
                if (future(field.getRawType()) && !hidden) {
                    futures.add(field.getFullName());
                }
            }
        }

        assertThat(futures).isEmpty();
    }

    @Test
    void thereAreClassesToJudge() {
        assertThat(MAIN).hasSizeGreaterThan(200);
    }

    private static boolean future(JavaClass type) {
        return Set.of(CompletableFuture.class.getName(), CompletionStage.class.getName())
                .contains(type.getName());
    }

    /** The room of a class, by the first package below the root; empty for the root itself. */
    private static String room(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT + ".")
                ? name.substring(ROOT.length() + 1).split("\\.", 2)[0]
                : "";
    }

    private static boolean ours(JavaClass type) {
        return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
    }

    private static DescribedPredicate<JavaClass> are(
            String description, java.util.function.Predicate<JavaClass> predicate) {
        return DescribedPredicate.describe(description, predicate);
    }

    /** The name of the top-level class, so that what is nested in it is judged with it. */
    private static DescribedPredicate<JavaClass> topNameEndsWith(String... endings) {
        return are(
                "named *" + String.join(" or *", endings),
                type -> Stream.of(endings).anyMatch(top(type)::endsWith));
    }

    private static DescribedPredicate<JavaClass> topNameIs(String... names) {
        return are(
                "named " + String.join(" or ", names), type -> List.of(names).contains(top(type)));
    }

    private static String top(JavaClass type) {
        String simple = type.getName().substring(type.getPackageName().length() + 1);
        return simple.split("\\$", 2)[0];
    }

    private static ArchCondition<JavaClass> haveANameEndingWith(String word) {
        DescribedPredicate<JavaClass> named = simpleNameEndingWith(word);
        return new ArchCondition<>("have a name ending with " + word) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                events.add(new SimpleConditionEvent(type, named.test(type), type.getName()));
            }
        };
    }
}
