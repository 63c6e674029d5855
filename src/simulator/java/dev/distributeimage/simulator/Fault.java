package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.distributeimage.simulator.http.HttpAnswer;
import dev.distributeimage.simulator.http.HttpAnswer.Delivery;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What goes wrong with one call: a wait, another answer, or both. Errors, hangs and
 * resets strike before the call is carried out, so that nothing is done, unless they are
 * told to strike {@link #afterCommit()}; damaged successes strike after it. A wait
 * without another answer only holds the call up: when it ends, the call goes on as if
 * nothing had been, which makes a late create.
 */
public final class Fault {

	/** Until the rule is released, or the simulator closed. */
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

	/** An error as AWS would send it. */
	public static Fault error(int status, String code) {
		return error(status, code, "Simulated.");
	}

	public static Fault error(int status, String code, String message) {
		return before(status + " " + code, (answer) -> ApiAnswers.error(status, code, message)
			.withHeader(ApiAnswers.REQUEST_ID, answer.headers().getOrDefault(ApiAnswers.REQUEST_ID, "")));
	}

	/** Any answer at all; the body goes out as it is, without AWS's headers. */
	public static Fault answer(int status, String contentType, String body) {
		return before("answer " + status, (answer) -> HttpAnswer.of(status, contentType, body));
	}

	/** What a proxy in between says: an HTML page, no error code. */
	public static Fault html(int status) {
		return answer(status, "text/html", "<html><body><h1>" + status + "</h1></body></html>");
	}

	public static Fault redirect(int status, String location) {
		return answer(status, "text/html", "").header("Location", location);
	}

	/** No answer until the rule is released; then the call goes on. */
	public static Fault hang() {
		return new Fault("hang", false, UNTIL_RELEASED, null);
	}

	/** The answer takes this long. */
	public static Fault hangFor(Duration wait) {
		return new Fault("hang", false, wait, null);
	}

	/** Never an answer and never anything done: released, it becomes a reset. */
	public static Fault blackHole() {
		return reset().waiting(UNTIL_RELEASED);
	}

	/** The connection is reset. */
	public static Fault reset() {
		return before("reset", (answer) -> answer.withDelivery(Delivery.RESET));
	}

	/** A success of which half arrives. */
	public static Fault truncated() {
		return after("truncated", (answer) -> answer.withDelivery(Delivery.TRUNCATED));
	}

	/** A success without a body. */
	public static Fault empty() {
		return after("empty", (answer) -> answer.withBody(""));
	}

	/** A success that is not JSON. */
	public static Fault notJson() {
		return after("not-json", (answer) -> answer.withBody("<html><body>OK</body></html>"));
	}

	/** A success with this body instead of its own. */
	public static Fault body(String body) {
		return after("body", (answer) -> answer.withBody(body));
	}

	/** A success with a member too many: that many megabytes of it. */
	public static Fault megabytes(int size) {
		return changing("megabytes", (body) -> body.put("padding", "x".repeat(size * 1024 * 1024)));
	}

	/** A success that lacks this member; {@code image.state} is a member of a member. */
	public static Fault without(String member) {
		return changing("without " + member, (body) -> owner(body, member).remove(name(member)));
	}

	/** A success with another value for this member, be it an ARN from elsewhere. */
	public static Fault with(String member, String value) {
		return changing("with " + member, (body) -> owner(body, member).put(name(member), value));
	}

	/**
	 * The same after the call has been carried out: the client does not know, AWS does.
	 */
	public Fault afterCommit() {
		return new Fault(this.description, true, this.wait, this.damage);
	}

	/** The same with nothing done. */
	public Fault beforeCommit() {
		return new Fault(this.description, false, this.wait, this.damage);
	}

	/** The same after a wait. */
	public Fault waiting(Duration other) {
		return new Fault(this.description, this.afterCommit, other, this.damage);
	}

	/** The same with one header more, such as Retry-After. */
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

	/** Whether the call is answered otherwise than it would have been. */
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
