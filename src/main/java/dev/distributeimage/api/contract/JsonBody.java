package dev.distributeimage.api.contract;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Reads the raw body of a request and rejects what cannot be JSON. */
public final class JsonBody {

	/** Maximum size of a body, in bytes. */
	public static final int LIMIT = 1024 * 1024;

	/** The attribute of a request whose body has been read already. */
	public static final String ATTRIBUTE = JsonBody.class.getName();

	private JsonBody() {
	}

	/**
	 * Reads the body.
	 * @throws ProblemException if it has a content coding, is too large, or cannot be
	 * read to its end
	 */
	public static byte[] read(HttpServletRequest request) {
		requireUtf8(request.getContentType());
		requireNoCoding(Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)));
		byte[] body = bytes(request);
		if (body.length > LIMIT) {
			throw new ProblemException(ProblemType.TOO_LARGE, "The body must not be larger than 1 MiB.");
		}
		return body;
	}

	private static void requireUtf8(String contentType) {
		Charset charset = MediaType.parseMediaType(contentType).getCharset();
		if (charset != null && !charset.equals(StandardCharsets.UTF_8)) {
			throw new ProblemException(ProblemType.UNSUPPORTED_MEDIA_TYPE,
					"The body must be in UTF-8, not in " + charset.name() + ".");
		}
	}

	private static void requireNoCoding(List<String> codings) {
		if (!codings.stream().allMatch((coding) -> coding.isBlank() || coding.trim().equalsIgnoreCase("identity"))) {
			throw new ProblemException(ProblemType.UNSUPPORTED_MEDIA_TYPE,
					"The body must be sent without a content coding such as gzip.");
		}
	}

	// One byte over the limit shows that there is more. Tomcat swallows the rest, so that
	// the client can read the response.
	private static byte[] bytes(HttpServletRequest request) {
		if (request.getAttribute(ATTRIBUTE) instanceof byte[] body) {
			return body;
		}
		try {
			return request.getInputStream().readNBytes(LIMIT + 1);
		}
		catch (IOException ex) {
			throw new ProblemException(ProblemType.INVALID_REQUEST, "The body could not be read to its end.", ex);
		}
	}

}
