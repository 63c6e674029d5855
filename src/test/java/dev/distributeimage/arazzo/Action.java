package dev.distributeimage.arazzo;

import java.time.Duration;

import tools.jackson.databind.JsonNode;

/** The action of a step after success or failure. */
public record Action(JsonNode node) {

	public String name() {
		return this.node.required("name").stringValue();
	}

	boolean isRetry() {
		return is("retry");
	}

	boolean isEnd() {
		return is("end");
	}

	public Duration retryAfter() {
		return seconds(this.node.required("retryAfter"));
	}

	/** The maximum number of consecutive retries of the step. */
	public int retryLimit() {
		return this.node.path("retryLimit").asInt(1);
	}

	boolean isMeantFor(Context context) {
		return Criterion.allHold(this.node.path("criteria"), context);
	}

	/** The pause after this number of consecutive failures. */
	public Pause pause(int failures) {
		JsonNode pause = this.node.required("x-pause");
		Duration to = seconds(pause.required("to"));
		if (pause.has("doubledUpTo")) {
			Duration most = seconds(pause.required("doubledUpTo"));
			Duration doubled = to.multipliedBy(1L << Math.min(failures - 1, 20));
			to = (doubled.compareTo(most) < 0) ? doubled : most;
		}
		return new Pause(seconds(pause.required("from")), to);
	}

	/** The status of a run that ends with this action. */
	String runStatus() {
		return this.node.required("x-run").required("status").stringValue();
	}

	/** The run's final status; missing if it is the step's output. */
	JsonNode finalStatus() {
		return this.node.required("x-run").path("finalStatus");
	}

	private boolean is(String type) {
		return this.node.required("type").stringValue().equals(type);
	}

	private static Duration seconds(JsonNode number) {
		return Duration.ofNanos(number.decimalValue().movePointRight(9).longValueExact());
	}

}
