package dev.distributeimage;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Set;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

@AnalyzeClasses(packagesOf = DistributeImageApplication.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	/** The rooms that each room may use. CONTRIBUTING.md draws the top level. */
	private static final Map<String, Set<String>> ROOMS = Map.ofEntries(entry("aws", Set.of()), entry("log", Set.of()),
			entry("startup", Set.of()), entry("trace", Set.of("startup")), entry("caller", Set.of()),
			entry("audit", Set.of("caller", "run.postgres")),
			entry("security", Set.of("api.limit", "api.problem", "audit", "caller", "startup", "trace")),
			entry("run", Set.of("aws")), entry("policy", Set.of("api.problem", "aws", "caller", "run", "startup")),
			entry("run.postgres", Set.of("startup")),
			entry("run.view", Set.of("aws", "caller", "run", "run.postgres", "run.queue")),
			entry("run.queue", Set.of("audit", "aws", "caller", "run", "run.postgres")),
			entry("run.intake",
					Set.of("audit", "aws", "caller", "run", "run.postgres", "run.queue", "run.view", "trace")),
			entry("retention", Set.of("run.postgres", "workflow")),
			entry("imagebuilder", Set.of("aws", "run", "startup", "trace")),
			entry("workflow.pace", Set.of("aws", "imagebuilder", "run", "run.view")),
			entry("workflow",
					Set.of("aws", "imagebuilder", "run", "run.intake", "run.postgres", "run.queue", "run.view",
							"startup", "trace", "workflow.pace")),
			entry("api.problem", Set.of("audit", "run.postgres")),
			entry("api.contract", Set.of("api.problem", "aws", "run")),
			entry("api.wire", Set.of("api.contract", "api.problem")),
			entry("api.limit", Set.of("api.problem", "caller", "policy")),
			entry("api.watch", Set.of("api.limit", "api.problem", "api.wire", "caller", "policy", "run", "run.view")),
			entry("page",
					Set.of("api", "api.contract", "api.problem", "api.wire", "aws", "caller", "run", "run.view",
							"security")),
			entry("api", Set.of("api.contract", "api.limit", "api.problem", "api.watch", "api.wire", "audit", "aws",
					"caller", "policy", "run", "run.intake", "run.postgres", "run.view", "startup")));

	@ArchTest
	static void roomsKnowOnlyTheRoomsBelow(JavaClasses classes) {
		ROOMS.forEach((room, known) -> noClasses().that()
			.resideInAPackage(packageOf(room))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(ROOMS.keySet()
				.stream()
				.filter((other) -> !other.equals(room) && !known.contains(other))
				.map(ArchitectureTests::packageOf)
				.toArray(String[]::new))
			.check(classes));
	}

	@ArchTest
	static final ArchRule everyClassHasARoom = classes().that()
		.doNotBelongToAnyOf(DistributeImageApplication.class)
		.and()
		.doNotHaveSimpleName("package-info")
		.should()
		.resideInAnyPackage(ROOMS.keySet().stream().map(ArchitectureTests::packageOf).toArray(String[]::new));

	private static String packageOf(String room) {
		return "dev.distributeimage." + room;
	}

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("dev.distributeimage.(**)")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule runIsPure = noClasses().that()
		.resideInAPackage("dev.distributeimage.run")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("java.sql..", "jakarta..", "org.hibernate..", "org.springframework..");

	@ArchTest
	static final ArchRule sdkStaysAtTheEdge = noClasses().that()
		.resideOutsideOfPackage("dev.distributeimage.imagebuilder..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("software.amazon.awssdk..");

	@ArchTest
	static final ArchRule onlyTracesKnowOpenTelemetry = noClasses().that()
		.resideOutsideOfPackage("dev.distributeimage.trace")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.opentelemetry..", "io.micrometer.tracing..");

	@ArchTest
	static final ArchRule timeComesFromAClock = noClasses().should()
		.callMethodWhere(new DescribedPredicate<JavaMethodCall>("now() is called without a clock") {
			@Override
			public boolean test(JavaMethodCall call) {
				return call.getName().equals("now") && call.getTarget().getRawParameterTypes().isEmpty()
						&& (call.getTargetOwner().isEquivalentTo(Instant.class)
								|| call.getTargetOwner().isEquivalentTo(LocalDate.class)
								|| call.getTargetOwner().isEquivalentTo(LocalDateTime.class)
								|| call.getTargetOwner().isEquivalentTo(OffsetDateTime.class)
								|| call.getTargetOwner().isEquivalentTo(ZonedDateTime.class));
			}
		})
		.orShould()
		.callMethod(System.class, "currentTimeMillis");

	@ArchTest
	static final ArchRule clockIsTheSystemsInOnePlaceOnly = noClasses().that()
		.doNotBelongToAnyOf(DistributeImageApplication.class)
		.should()
		.callMethod(Clock.class, "systemUTC");

}
