package dev.distributeimage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the jar's software bill of materials against what the jar contains. */
class SbomIT {

	private static final String SBOM = "META-INF/sbom/application.cdx.json";

	private static final String LIBRARIES = "BOOT-INF/lib/";

	@Test
	void sbomListsTheLibrariesOfTheJarAndNothingElse() throws IOException {
		try (ZipFile jar = new ZipFile(Path.of("target", "distribute-image.jar").toFile())) {
			Map<String, String> libraries = jar.stream()
				.filter((entry) -> entry.getName().startsWith(LIBRARIES) && !entry.isDirectory())
				.collect(Collectors.toMap((entry) -> entry.getName().substring(LIBRARIES.length()),
						(entry) -> sha256(jar, entry)));
			assertThat(listed(jar)).isEqualTo(libraries).hasSizeGreaterThan(80);
		}
	}

	/**
	 * Leaves out Spring Boot's starters, which are dependencies without a class of their
	 * own: Spring Boot does not pack them.
	 */
	private static Map<String, String> listed(ZipFile jar) throws IOException {
		try (InputStream sbom = jar.getInputStream(jar.getEntry(SBOM))) {
			return JsonMapper.shared()
				.readTree(sbom)
				.get("components")
				.valueStream()
				.filter((component) -> !component.get("name").stringValue().startsWith("spring-boot-starter"))
				.collect(Collectors.toMap(SbomIT::fileName, SbomIT::sha256));
		}
	}

	private static String fileName(JsonNode component) {
		return "%s-%s.jar".formatted(component.get("name").stringValue(), component.get("version").stringValue());
	}

	private static String sha256(JsonNode component) {
		return component.get("hashes")
			.valueStream()
			.filter((hash) -> hash.get("alg").stringValue().equals("SHA-256"))
			.map((hash) -> hash.get("content").stringValue())
			.collect(Collectors.joining());
	}

	private static String sha256(ZipFile jar, ZipEntry entry) {
		try (InputStream content = jar.getInputStream(entry)) {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.readAllBytes()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
