package dev.distributeimage.simulator;

import dev.distributeimage.simulator.http.HttpAnswer;
import tools.jackson.databind.node.ObjectNode;

/** Encodes answers the way AWS does. */
final class ApiAnswers {

	static final String REQUEST_ID = "x-amzn-RequestId";

	static final String ERROR_TYPE = "x-amzn-ErrorType";

	private ApiAnswers() {
	}

	static HttpAnswer success(ObjectNode body, String requestId) {
		return Json.answer(200, body).withHeader(REQUEST_ID, requestId);
	}

	static HttpAnswer error(ApiException reason, String requestId) {
		return error(reason.status(), reason.code(), reason.text()).withHeader(REQUEST_ID, requestId);
	}

	static HttpAnswer error(int status, String code, String message) {
		return Json.answer(status, Json.object().put("message", message)).withHeader(ERROR_TYPE, code);
	}

}
