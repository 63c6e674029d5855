package dev.distributeimage.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/** Reads answers that are as small as documents of {@link BoundedHttp}, and no others. */
final class BoundedAnswers implements ClientHttpRequestInterceptor {

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		ClientHttpResponse answer = execution.execute(request, body);
		try (InputStream content = answer.getBody()) {
			return new Answer(answer, BoundedHttp.read(content, request.getURI()));
		}
		catch (IOException ex) {
			answer.close();
			throw ex;
		}
	}

	/** An answer that has been read. */
	private static final class Answer implements ClientHttpResponse {

		private final ClientHttpResponse answer;

		private final byte[] body;

		Answer(ClientHttpResponse answer, byte[] body) {
			this.answer = answer;
			this.body = body;
		}

		@Override
		public HttpStatusCode getStatusCode() throws IOException {
			return this.answer.getStatusCode();
		}

		@Override
		public String getStatusText() throws IOException {
			return this.answer.getStatusText();
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.answer.getHeaders();
		}

		@Override
		public InputStream getBody() {
			return new ByteArrayInputStream(this.body);
		}

		@Override
		public void close() {
			this.answer.close();
		}

	}

}
