package dev.distributeimage.api;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import dev.distributeimage.DistributeImageApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests every pattern, of the contract and of the code, with texts of a quarter of a
 * megabyte, in a quarter of a thread's usual stack. The time limit is there for a pattern
 * that would take for ever.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PatternsTests {

	private static final int LENGTH = 1 << 18;

	private static final int SMALL_STACK = 256 * 1024;

	/** A text that each pattern of the code matches, by class and field. */
	private static final Map<String, String> MATCHING = Map.ofEntries(
			Map.entry("api.FilterParameters.TIME", "2026-01-31T12:00:00.123456789+01:00"),
			Map.entry("api.RunPath.UUID_FORM", "01a202bd-6b8f-7a73-97f4-0eed8d1bd01b"),
			Map.entry("api.contract.OutputRules.PLACEHOLDER", "{{ imagebuilder:buildVersion }}"),
			Map.entry("api.contract.RequestRules.NUMBER", "12"),
			Map.entry("api.watch.WaitPreference.WAIT", " wait = \"10\" "),
			Map.entry("api.watch.WaitPreference.ANY_WAIT", " wait =1 2"),
			Map.entry("imagebuilder.AccountRoles.ROLE_ARN", "arn:aws-cn:iam::123456789012:role/path/images-1"),
			Map.entry("imagebuilder.AccountRoles.EXTERNAL_ID", "a0b1:c2/d3"),
			Map.entry("imagebuilder.ArnForm.DISTRIBUTION_CONFIGURATION.pattern",
					"arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web-1"),
			Map.entry("imagebuilder.ArnForm.IMAGE_BUILD_VERSION.pattern",
					"arn:aws:imagebuilder:eu-west-1:aws-a-b:image/web-1/10.20.30/40"),
			Map.entry("imagebuilder.AwsPartitions.REGION_CHARACTERS", "eu-west-1"),
			Map.entry("imagebuilder.AwsText.IDENTITY", "arn:aws:sts::123456789012:assumed-role/a/i-0"),
			Map.entry("run.postgres.DatabaseEncryption.LOOPBACK", "127.255.255.255"),
			Map.entry("trace.TraceParent.FORM", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"));

	/**
	 * Patterns that are searched for in a text, and not compared with the whole of it.
	 */
	private static final Set<String> SEARCHED = Set.of("api.contract.OutputRules.PLACEHOLDER",
			"api.contract.RequestRules.NUMBER", "imagebuilder.AwsText.IDENTITY");

	/** Classes that use a pattern without a field, and are too short to go wrong. */
	private static final Set<String> INLINE = Set.of("api.ListParameters", "api.RunController",
			"api.RunHistoryController", "aws.Arn", "imagebuilder.DefaultAccount", "imagebuilder.LateImageSearch",
			"page.Console", "page.RunLine$Recipe", "policy.RuledInputs", "run.postgres.JdbcUrlCheck",
			"security.CallerRules", "security.IssuerMetadata", "security.OpenModeValve", "security.SecuritySettings",
			"startup.Names", "startup.Settings");

	private static final List<JavaClass> CLASSES = new ClassFileImporter()
		.withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackagesOf(DistributeImageApplication.class)
		.stream()
		.filter((type) -> !type.getSource().map(Object::toString).orElse("").contains("test-classes"))
		.toList();

	@ParameterizedTest
	@MethodSource("patternsOfTheContract")
	void patternOfTheContractStandsALongText(String pointer, JsonNode schema) {
		String pattern = schema.path("pattern").asString();
		JsonNode only = JsonNodeFactory.instance.objectNode().put("pattern", pattern);
		String matching = PatternText.of(pattern, new Random(pointer.hashCode()));
		stands(matching, (text) -> Contract.violations(only, JsonNodeFactory.instance.stringNode(text)).isEmpty());
	}

	@ParameterizedTest
	@MethodSource("patternsOfTheContract")
	void patternOfTheContractHasALength(String pointer, JsonNode schema) {
		String unbounded = schema.path("pattern").asString().replaceAll("\\\\.", "").replaceAll("\\[[^]]*]", "_");
		assertThat(schema.has("maxLength") || !unbounded.matches(".*([*+]|\\{\\d+,}).*")).as(pointer).isTrue();
	}

	static Stream<Arguments> patternsOfTheContract() {
		Map<String, JsonNode> found = new LinkedHashMap<>();
		collect("", Contract.DOCUMENT, found);
		assertThat(found).hasSizeGreaterThan(20);
		return found.entrySet().stream().map((entry) -> arguments(entry.getKey(), entry.getValue()));
	}

	private static void collect(String pointer, JsonNode node, Map<String, JsonNode> found) {
		if (node.path("pattern").isString()) {
			found.put(pointer, node);
		}
		node.properties().forEach((member) -> collect(pointer + "/" + member.getKey(), member.getValue(), found));
		for (int i = 0; node.isArray() && i < node.size(); i++) {
			collect(pointer + "/" + i, node.path(i), found);
		}
	}

	@ParameterizedTest
	@MethodSource
	void patternOfTheCodeStandsALongText(String name, Pattern pattern) {
		String matching = MATCHING.getOrDefault(name, "");
		assertThat(matching).as(name + " needs a text that it matches").matches(pattern);
		stands(matching, SEARCHED.contains(name) ? (text) -> pattern.matcher(text).find() : pattern.asMatchPredicate());
	}

	static Stream<Arguments> patternOfTheCodeStandsALongText() {
		return patternsOfTheCode().entrySet().stream().map((entry) -> arguments(entry.getKey(), entry.getValue()));
	}

	@Test
	void everyPatternOfTheCodeIsTested() {
		assertThat(patternsOfTheCode().keySet()).isEqualTo(new TreeMap<>(MATCHING).keySet());
		Set<String> withFields = MATCHING.keySet()
			.stream()
			.map((name) -> name.replaceFirst("\\.[A-Z_]+(\\.pattern)?$", ""))
			.collect(Collectors.toSet());
		assertThat(CLASSES.stream()
			.filter((type) -> type.getMethodCallsFromSelf().stream().anyMatch(PatternsTests::takesAPattern))
			.map((type) -> shortName(type.getName()))
			.filter((name) -> !withFields.contains(name))
			.collect(Collectors.toSet())).isEqualTo(INLINE);
	}

	private static boolean takesAPattern(JavaMethodCall call) {
		String owner = call.getTargetOwner().getName();
		return (owner.equals("java.util.regex.Pattern") && Set.of("compile", "matches").contains(call.getName()))
				|| (owner.equals("java.lang.String")
						&& Set.of("matches", "replaceAll", "replaceFirst", "split").contains(call.getName()));
	}

	private static Map<String, Pattern> patternsOfTheCode() {
		Map<String, Pattern> patterns = new TreeMap<>();
		CLASSES.stream()
			.flatMap((type) -> Arrays.stream(type.reflect().getDeclaredFields()))
			.filter((field) -> field.getType() == Pattern.class)
			.forEach((field) -> read(field, patterns));
		return patterns;
	}

	private static void read(Field field, Map<String, Pattern> patterns) {
		field.setAccessible(true);
		String type = shortName(field.getDeclaringClass().getName());
		try {
			if (field.getDeclaringClass().isEnum()) {
				for (Object constant : field.getDeclaringClass().getEnumConstants()) {
					patterns.put(type + "." + constant + "." + field.getName(), (Pattern) field.get(constant));
				}
				return;
			}
			patterns.put(type + "." + field.getName(), (Pattern) field.get(null));
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String shortName(String type) {
		return type.substring("dev.distributeimage.".length());
	}

	/** Tries the pattern with each one or two characters of the text repeated. */
	private static void stands(String matching, Predicate<String> pattern) {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		AtomicLong matched = new AtomicLong(-1);
		Thread thread = new Thread(null, () -> matched.set(pumped(matching).filter(pattern).count()), "small stack",
				SMALL_STACK);
		thread.setUncaughtExceptionHandler((dead, ex) -> thrown.set(ex));
		thread.start();
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		assertThat(thrown.get()).isNull();
		assertThat(matched).hasNonNegativeValue();
	}

	private static Stream<String> pumped(String matching) {
		List<int[]> windows = new ArrayList<>();
		for (int begin = 0; begin < Math.min(matching.length(), 120); begin++) {
			for (int end = begin + 1; end <= Math.min(begin + 2, matching.length()); end++) {
				windows.add(new int[] { begin, end });
			}
		}
		return windows.stream().flatMap((window) -> {
			String unit = matching.substring(window[0], window[1]);
			String start = matching.substring(0, window[0]) + unit.repeat(LENGTH / unit.length());
			return Stream.of(start + matching.substring(window[1]), start + "\u0000");
		});
	}

}
