package dev.distributeimage.simulator;

import dev.distributeimage.simulator.shape.Violation;

/** An error of the API: HTTP status, AWS's error code and a message. */
final class ApiException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final String code;

	ApiException(int status, String code, String message) {
		super(message);
		this.status = status;
		this.code = code;
	}

	int status() {
		return this.status;
	}

	String code() {
		return this.code;
	}

	String text() {
		return String.valueOf(getMessage());
	}

	static ApiException invalidParameterValue(String parameter, String reason) {
		return new ApiException(400, "InvalidParameterValueException",
				"The value supplied for parameter '%s' is not valid. %s".formatted(parameter, reason));
	}

	static ApiException invalidParameterValue(Violation violation) {
		return invalidParameterValue(violation.parameter(), violation.reason());
	}

	static ApiException invalidRequest(String message) {
		return new ApiException(400, "InvalidRequestException", message);
	}

	static ApiException notFound(String kind, String arn) {
		return new ApiException(404, "ResourceNotFoundException",
				"The following resource '%s' does not exist: '%s'.".formatted(kind, arn));
	}

	static ApiException alreadyExists(String kind, String arn) {
		return new ApiException(400, "ResourceAlreadyExistsException",
				"The following resource '%s' already exists: '%s'.".formatted(kind, arn));
	}

}
