package dev.distributeimage.api.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.aws.Partitions;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunOptions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.stereotype.Component;

/** Checks the body of a request and turns it into a new run. */
@Component
public class StartRun {

	private final RequestSchema schema = new RequestSchema("StartRun");

	private final Partitions partitions;

	StartRun(Partitions partitions) {
		this.partitions = partitions;
	}

	/**
	 * Checks a body.
	 * @param key the client token of a body without one
	 * @throws ProblemException that lists all violations
	 */
	public NewRun checked(byte[] body, IdempotencyKey key) {
		JsonDocument document = JsonDocument.read(body);
		List<Violation> violations = new ArrayList<>(document.violations());
		violations.addAll(this.schema.violations(document.root()));
		if (violations.size() <= ProblemException.MOST_LISTED) {
			violations.addAll(InputCombinations.violations(document.root()));
			violations.addAll(ofRules(document.root(), violations));
		}
		violations.addAll(0, key.violations(document.root().path("clientToken")));
		if (!violations.isEmpty()) {
			throw ProblemException.invalid(violations.stream().distinct().toList());
		}
		return newRun(document.root(), key);
	}

	private List<Violation> ofRules(JsonNode request, List<Violation> malformed) {
		WellFormedParts parts = new WellFormedParts(malformed);
		new RequestRules(this.partitions, parts).check(request);
		new OutputRules(request, parts).check();
		return parts.violations();
	}

	private static NewRun newRun(JsonNode request, IdempotencyKey key) {
		String clientToken = text(request, "clientToken");
		String deadline = text(request, "deadline");
		RunInput input = new RunInput(text(request, "distributionName"),
				request.has("distributions") ? request.path("distributions") : null, text(request, "imageRecipeArn"),
				text(request, "infrastructureConfigurationArn"), RunOptions.of(request));
		return new NewRun(input, (clientToken != null) ? clientToken : key.token(), labels(request.path("labels")),
				(deadline != null) ? Duration.parse(deadline) : null);
	}

	private static @Nullable String text(JsonNode request, String name) {
		return request.has(name) ? request.path(name).asString() : null;
	}

	private static Map<String, String> labels(JsonNode labels) {
		Map<String, String> map = new LinkedHashMap<>();
		labels.properties().forEach((label) -> map.put(label.getKey(), label.getValue().asString()));
		return map;
	}

}
