package dev.distributeimage;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packagesOf = DistributeImageApplication.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule arrowsGoOneWay = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("api")
		.definedBy("dev.distributeimage.api..")
		.layer("run")
		.definedBy("dev.distributeimage.run..")
		.layer("imagebuilder")
		.definedBy("dev.distributeimage.imagebuilder..")
		.layer("workflow")
		.definedBy("dev.distributeimage.workflow..")
		.whereLayer("api")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("workflow")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("imagebuilder")
		.mayOnlyBeAccessedByLayers("workflow")
		.whereLayer("run")
		.mayOnlyBeAccessedByLayers("api", "imagebuilder", "workflow");

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("dev.distributeimage.(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule sdkStaysAtTheEdge = noClasses().that()
		.resideOutsideOfPackage("dev.distributeimage.imagebuilder..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("software.amazon.awssdk..");

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
