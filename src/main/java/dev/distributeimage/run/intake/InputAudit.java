package dev.distributeimage.run.intake;

import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import dev.distributeimage.audit.AuditedInputs;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.Sha256;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Tells, for the audit, what the inputs of a run are. */
public final class InputAudit {

	private static final JsonPointer AMI = JsonPointer.compile("/amiDistributionConfiguration");

	private static final JsonPointer PERMISSION = AMI.appendProperty("launchPermission");

	private static final JsonPointer GROUPS = PERMISSION.appendProperty("userGroups");

	private static final List<JsonPointer> SHARED_WITH = List.of(AMI.appendProperty("targetAccountIds"),
			PERMISSION.appendProperty("userIds"), PERMISSION.appendProperty("organizationArns"),
			PERMISSION.appendProperty("organizationalUnitArns"));

	/** Equal inputs are one text, in whatever order their members were sent. */
	private static final JsonMapper SORTED = JsonMapper.builder()
		.enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
		.build();

	private InputAudit() {
	}

	public static AuditedInputs of(NewRun run) {
		RunInput input = run.input();
		return new AuditedInputs(input.place().account(), input.place().region(), input.recipeArn(),
				input.distributionName(), regions(input), sharedWith(input),
				texts(input, GROUPS).anyMatch("all"::equals), sha256(input.json()));
	}

	private static List<String> regions(RunInput input) {
		return distributions(input).map((distribution) -> distribution.path("region").asString("")).distinct().toList();
	}

	private static int sharedWith(RunInput input) {
		Set<String> others = new LinkedHashSet<>();
		SHARED_WITH.forEach((list) -> texts(input, list).forEach(others::add));
		others.remove(input.place().account());
		return others.size();
	}

	private static Stream<String> texts(RunInput input, JsonPointer list) {
		return distributions(input).flatMap((distribution) -> distribution.at(list).valueStream())
			.map((value) -> value.asString(""));
	}

	private static Stream<JsonNode> distributions(RunInput input) {
		JsonNode distributions = input.distributions();
		return (distributions != null) ? StreamSupport.stream(distributions.spliterator(), false) : Stream.empty();
	}

	private static String sha256(JsonNode inputs) {
		MessageDigest digest = Sha256.digest();
		SORTED.writeValue(new DigestOutputStream(OutputStream.nullOutputStream(), digest), inputs);
		return HexFormat.of().formatHex(digest.digest());
	}

}
