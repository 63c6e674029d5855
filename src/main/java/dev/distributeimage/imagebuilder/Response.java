package dev.distributeimage.imagebuilder;

import dev.distributeimage.aws.Place;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.imagebuilder.model.ImagebuilderResponse;

/**
 * Successful response, validated on access because the SDK validates nothing. A response
 * without the expected member, or with an unexpected ARN, is unusable.
 */
record Response<R extends ImagebuilderResponse>(String operation, R body) {

	/** Reads a member of a response that may lack it. */
	interface Member<R, T> {

		@Nullable T of(R body);

	}

	void requireOk() {
		int status = this.body.sdkHttpResponse().statusCode();
		if (status != 200) {
			throw unusable("The response has HTTP status %d instead of 200".formatted(status));
		}
	}

	<T> T require(Member<R, T> member) {
		T present = member.of(this.body);
		if (present == null) {
			throw unusable("The response has HTTP status 200 but lacks the expected member");
		}
		return present;
	}

	String requireArn(Member<R, String> member, ArnForm form, Place place) {
		String arn = require(member);
		if (!form.fits(arn) || !Place.of(arn).equals(place)) {
			throw unusable("The response has an unexpected ARN: " + arn);
		}
		return arn;
	}

	void requireSame(Member<R, String> member, String asked) {
		String shown = require(member);
		if (!asked.equals(shown)) {
			throw unusable("The response is about another resource: " + shown);
		}
	}

	ImageBuilderException unusable(String message) {
		SdkHttpResponse http = this.body.sdkHttpResponse();
		String requestId = http.firstMatchingHeader("x-amzn-RequestId").map(AwsText::clean).orElse(null);
		return new ImageBuilderException(this.operation, FailedCall.unusable(message, requestId), null);
	}

}
