package dev.distributeimage.simulator.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads requests from a connection, one after the other. */
final class RequestReader {

	private static final int LONGEST_LINE = 64 * 1024;

	private static final int MOST_HEADERS = 200;

	private static final int LARGEST_BODY = 16 * 1024 * 1024;

	/** Visible ASCII only: a space or a byte above 0x7E must be percent-encoded. */
	private static final Pattern REQUEST_LINE = Pattern.compile("([A-Z]+) (/[!-~]*) HTTP/1\\.([01])");

	private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*");

	private final InputStream in;

	RequestReader(InputStream in) {
		this.in = in;
	}

	/** Reads the next request line; empty if the client has closed the connection. */
	Optional<RequestLine> requestLine() throws IOException {
		int first = this.in.read();
		if (first < 0) {
			return Optional.empty();
		}
		Matcher line = matched(REQUEST_LINE, line(first));
		return Optional.of(new RequestLine(line.group(1), line.group(2), line.group(3).equals("1")));
	}

	Map<String, List<String>> headers() throws IOException {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		for (String line = line(); !line.isEmpty(); line = line()) {
			Matcher header = matched(HEADER, line);
			headers.computeIfAbsent(header.group(1).toLowerCase(Locale.ROOT), (name) -> new ArrayList<>())
				.add(header.group(2));
			refuseIf(headers.size() > MOST_HEADERS, 431, "Too many headers");
		}
		return headers;
	}

	byte[] body(Map<String, List<String>> headers) throws IOException {
		List<String> encoding = headers.getOrDefault("transfer-encoding", List.of());
		if (!encoding.isEmpty()) {
			refuseIf(!encoding.equals(List.of("chunked")), 501, "Transfer-Encoding is not supported");
			return chunks();
		}
		List<String> length = headers.getOrDefault("content-length", List.of("0"));
		refuseIf(length.size() != 1 || !length.get(0).matches("[0-9]{1,18}"), 400, "Content-Length is not a number");
		return bytes(Long.parseLong(length.get(0)));
	}

	private byte[] chunks() throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
			body.write(chunk);
			refuseIf(body.size() > LARGEST_BODY, 413, "The request is too large");
			line();
		}
		headers();
		return body.toByteArray();
	}

	private byte[] chunk() throws IOException {
		Matcher size = matched(Pattern.compile("([0-9A-Fa-f]{1,8})(;.*)?"), line());
		return bytes(Long.parseLong(size.group(1), 16));
	}

	private byte[] bytes(long length) throws IOException {
		refuseIf(length > LARGEST_BODY, 413, "The request is too large");
		byte[] bytes = this.in.readNBytes((int) length);
		if (bytes.length < length) {
			throw new EOFException();
		}
		return bytes;
	}

	private String line() throws IOException {
		return line(this.in.read());
	}

	private String line(int first) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next = first; next != '\n'; next = this.in.read()) {
			if (next < 0) {
				throw new EOFException();
			}
			line.write(next);
			refuseIf(line.size() > LONGEST_LINE, 431, "The header is too large");
		}
		String text = line.toString(StandardCharsets.ISO_8859_1);
		return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
	}

	private static Matcher matched(Pattern pattern, String line) throws MalformedRequestException {
		Matcher matcher = pattern.matcher(line);
		refuseIf(!matcher.matches(), 400, "The request is not HTTP");
		return matcher;
	}

	private static void refuseIf(boolean wrong, int status, String message) throws MalformedRequestException {
		if (wrong) {
			throw new MalformedRequestException(status, message);
		}
	}

}
