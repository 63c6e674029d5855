package dev.distributeimage.trace;

import java.util.Enumeration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call in a trace, as others name it: the header {@code traceparent} of W3C Trace
 * Context.
 *
 * @param traceId 32 hexadecimal digits, in lower case
 * @param spanId 16 hexadecimal digits, in lower case
 * @param sampled whether the trace is recorded
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {

	/** The header of requests and answers. */
	public static final String HEADER = "traceparent";

	/** The name of the trace's id in the log's context. */
	public static final String LOGGED = "traceId";

	// Ids of zeros are none, and ff is no version. A version from 01 on may say more.
	private static final Pattern FORM = Pattern.compile(
			"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]([0-9a-f])(-[!-~]{0,200})?");

	/** Reads a header; anything that is none is ignored, and so are several. */
	public static Optional<TraceParent> of(Enumeration<String> sent) {
		if (!sent.hasMoreElements()) {
			return Optional.empty();
		}
		Optional<TraceParent> first = of(sent.nextElement());
		return sent.hasMoreElements() ? Optional.empty() : first;
	}

	/** Reads a header, or a text that was stored. */
	public static Optional<TraceParent> of(String text) {
		Matcher matcher = FORM.matcher(text);
		if (!matcher.matches() || (matcher.group(1).equals("00") && matcher.group(5) != null)) {
			return Optional.empty();
		}
		boolean sampled = (Character.digit(matcher.group(4).charAt(0), 16) & 1) == 1;
		return Optional.of(new TraceParent(matcher.group(2), matcher.group(3), sampled));
	}

	/** The header, in version 00. */
	@Override
	public String toString() {
		return "00-" + this.traceId + "-" + this.spanId + (this.sampled ? "-01" : "-00");
	}

}
