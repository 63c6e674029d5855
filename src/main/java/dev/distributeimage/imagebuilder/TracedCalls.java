package dev.distributeimage.imagebuilder;

import java.util.Objects;

import dev.distributeimage.trace.TracedCall;
import dev.distributeimage.trace.TracedCall.ResponseFacts;
import dev.distributeimage.trace.Traces;
import software.amazon.awssdk.awscore.AwsExecutionAttribute;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpResponse;

/** Records the SDK's calls in the traces that they belong to. */
class TracedCalls implements ExecutionInterceptor {

	private static final ExecutionAttribute<TracedCall> CALL = new ExecutionAttribute<>("distribute-image.traced-call");

	private final Traces traces;

	TracedCalls(Traces traces) {
		this.traces = traces;
	}

	@Override
	public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
		attributes.putAttribute(CALL,
				this.traces.begin(attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME),
						attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME),
						attributes.getAttribute(AwsExecutionAttribute.AWS_REGION).id()));
	}

	@Override
	public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
		attributes.getAttribute(CALL).answered(facts(context.httpResponse()));
	}

	@Override
	public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
		TracedCall call = attributes.getAttribute(CALL);
		if (context.exception() instanceof AwsServiceException refused) {
			call.failed(code(refused),
					new ResponseFacts(refused.statusCode(), AwsText.cleanOrNull(refused.requestId())));
		}
		else {
			call.failed(context.exception().getClass().getSimpleName(),
					context.httpResponse().map(TracedCalls::facts).orElse(new ResponseFacts(0, null)));
		}
	}

	private static String code(AwsServiceException refused) {
		String code = (refused.awsErrorDetails() != null) ? refused.awsErrorDetails().errorCode() : null;
		return Objects.requireNonNullElse(AwsText.cleanOrNullIfBlank(code), String.valueOf(refused.statusCode()));
	}

	private static ResponseFacts facts(SdkHttpResponse response) {
		return new ResponseFacts(response.statusCode(),
				response.firstMatchingHeader("x-amzn-RequestId").map(AwsText::clean).orElse(null));
	}

}
