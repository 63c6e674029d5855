package dev.distributeimage.simulator;

import java.nio.file.Files;
import java.nio.file.Path;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

/**
 * Tests that the simulator needs only these classes and Jackson, and nothing of the
 * service.
 */
@AnalyzeClasses(packagesOf = Simulator.class, importOptions = ImportOption.OnlyIncludeTests.class)
class SimulatorClassPathTests {

	private static final Path SOURCES = Path.of("src/simulator/java");

	private static final DescribedPredicate<JavaClass> OF_THE_SIMULATOR = describe("are of src/simulator",
			SimulatorClassPathTests::isOfTheSimulator);

	@ArchTest
	static final ArchRule simulatorStandsOnJacksonAndTheJdk = classes().that(OF_THE_SIMULATOR)
		.should()
		.onlyDependOnClassesThat(
				OF_THE_SIMULATOR.or(resideInAnyPackage("java..", "tools.jackson..", "org.jspecify..")));

	/** Tests share its packages, but not its source root. */
	private static boolean isOfTheSimulator(JavaClass type) {
		JavaClass element = type.getBaseComponentType();
		Path directory = SOURCES.resolve(element.getPackageName().replace('.', '/'));
		return element.getSource()
			.flatMap(Source::getFileName)
			.filter((file) -> Files.exists(directory.resolve(file)))
			.isPresent();
	}

}
