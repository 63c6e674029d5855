package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.distributeimage.simulator.http.HttpAnswer;
import dev.distributeimage.simulator.http.HttpAnswer.Delivery;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A failure of one call: a wait, another answer, or both. Errors, hangs and resets
 * strike before the call is carried out, so that nothing is done, unless told to
 * strike {@link #afterCommit()}; damaged successes strike after it. A wait without
 * another answer only delays the call, which then proceeds normally: that makes a late
 * create.
 */
public final class Fault {

	/** A wait until the rule is released or the simulator is closed. */
	static final Duration UNTIL_RELEASED = Duration.ofSeconds(Long.MAX_VALUE);

	private final String description;

	private final boolean afterCommit;

	private final Duration wait;

	private final @Nullable UnaryOperator<HttpAnswer> damage;

	private Fault(String description, boolean afterCommit, Duration wait, @Nullable UnaryOperator<HttpAnswer> damage) {
		this.description = description;
		this.afterCommit = afterCommit;
		this.wait = wait;
		this.damage = damage;
	}

	/** An error in AWS's format. */
	public static Fault error(int status, String code) {
		return error(status, code, "Simulated.");
	}

	public static Fault error(int status, String code, String message) {
		return before(status + " " + code, (answer) -> ApiAnswers.error(status, code, message)
			.withHeader(ApiAnswers.REQUEST_ID, answer.headers().getOrDefault(ApiAnswers.REQUEST_ID, "")));
	}

	/** An arbitrary answer; the body is sent unchanged, without AWS's headers. */
	public static Fault answer(int status, String contentType, String body) {
		return before("answer " + status, (answer) -> HttpAnswer.of(status, contentType, body));
	}

	/** An answer from a proxy in between: an HTML page without an error code. */
	public static Fault html(int status) {
		return answer(status, "text/html", "<html><body><h1>" + status + "</h1></body></html>");
	}

	public static Fault redirect(int status, String location) {
		return answer(status, "text/html", "").header("Location", location);
	}

	/** No answer until the rule is released; then the call proceeds. */
	public static Fault hang() {
		return new Fault("hang", false, UNTIL_RELEASED, null);
	}

	/** A call that proceeds after this wait. */
	public static Fault hangFor(Duration wait) {
		return new Fault("hang", false, wait, null);
	}

	/** No answer and no effect; on release, the connection is reset. */
	public static Fault blackHole() {
		return reset().waiting(UNTIL_RELEASED);
	}

	/** A reset of the connection. */
	public static Fault reset() {
		return before("reset", (answer) -> answer.withDelivery(Delivery.RESET));
	}

	/** A success whose body is cut in half. */
	public static Fault truncated() {
		return after("truncated", (answer) -> answer.withDelivery(Delivery.TRUNCATED));
	}

	/** A success without a body. */
	public static Fault empty() {
		return after("empty", (answer) -> answer.withBody(""));
	}

	/** A success whose body is not JSON. */
	public static Fault notJson() {
		return after("not-json", (answer) -> answer.withBody("<html><body>OK</body></html>"));
	}

	/** A success with this body in place of its own. */
	public static Fault body(String body) {
		return after("body", (answer) -> answer.withBody(body));
	}

	/** A success with an additional member of this many megabytes. */
	public static Fault megabytes(int size) {
		return changing("megabytes", (body) -> body.put("padding", "x".repeat(size * 1024 * 1024)));
	}

	/**
	 * A success that lacks this member, which may be nested, such as {@code image.state}.
	 */
	public static Fault without(String member) {
		return changing("without " + member, (body) -> owner(body, member).remove(name(member)));
	}

	/**
	 * A success with another value for this member, such as the ARN of another resource.
	 */
	public static Fault with(String member, String value) {
		return changing("with " + member, (body) -> owner(body, member).put(name(member), value));
	}

	/**
	 * A copy that strikes after the call has been carried out: AWS knows the outcome, the
	 * client does not.
	 */
	public Fault afterCommit() {
		return new Fault(this.description, true, this.wait, this.damage);
	}

	/** A copy that strikes before the call is carried out, so that nothing is done. */
	public Fault beforeCommit() {
		return new Fault(this.description, false, this.wait, this.damage);
	}

	/** A copy that waits first. */
	public Fault waiting(Duration other) {
		return new Fault(this.description, this.afterCommit, other, this.damage);
	}

	/** A copy with an additional header, such as Retry-After. */
	public Fault header(String name, String value) {
		UnaryOperator<HttpAnswer> own = (this.damage != null) ? this.damage : UnaryOperator.identity();
		return new Fault(this.description, this.afterCommit, this.wait,
				(answer) -> own.apply(answer).withHeader(name, value));
	}

	boolean isAfterCommit() {
		return this.afterCommit;
	}

	Duration waits() {
		return this.wait;
	}

	/** Whether the call gets an answer other than its own. */
	boolean damages() {
		return this.damage != null;
	}

	HttpAnswer applyTo(HttpAnswer answer) {
		return (this.damage != null) ? this.damage.apply(answer) : answer;
	}

	@Override
	public String toString() {
		return this.description + (this.afterCommit ? " after commit" : " before commit");
	}

	private static Fault before(String description, UnaryOperator<HttpAnswer> damage) {
		return new Fault(description, false, Duration.ZERO, damage);
	}

	private static Fault after(String description, UnaryOperator<HttpAnswer> damage) {
		return new Fault(description, true, Duration.ZERO, damage);
	}

	private static Fault changing(String description, Consumer<ObjectNode> change) {
		return after(description, (answer) -> {
			ObjectNode body = (ObjectNode) Json.read(answer.body());
			change.accept(body);
			return answer.withBody(body.toString());
		});
	}

	private static ObjectNode owner(ObjectNode body, String member) {
		int dot = member.lastIndexOf('.');
		String pointer = (dot < 0) ? "" : "/" + member.substring(0, dot).replace('.', '/');
		return (body.at(pointer) instanceof ObjectNode owner) ? owner : body;
	}

	private static String name(String member) {
		return member.substring(member.lastIndexOf('.') + 1);
	}

}
