package dev.distributeimage;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MainClassTests {

	/**
	 * With two main classes, {@code spring-boot:test-run} does not know which one to
	 * start.
	 */
	@Test
	void testsHaveOneMainClass() {
		assertThat(new ClassFileImporter().withImportOption(Predefined.ONLY_INCLUDE_TESTS)
			.importPackagesOf(DistributeImageApplication.class)
			.stream()
			.filter(MainClassTests::hasPublicMain)
			.map(JavaClass::getName)).containsExactly(TestDistributeImageApplication.class.getName());
	}

	private static boolean hasPublicMain(JavaClass type) {
		return type.tryGetMethod("main", String[].class)
			.filter((main) -> main.getModifiers().contains(JavaModifier.PUBLIC))
			.isPresent();
	}

}
