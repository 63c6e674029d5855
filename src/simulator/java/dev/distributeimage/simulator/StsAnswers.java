package dev.distributeimage.simulator;

/** Encodes answers the way STS does, in XML. */
final class StsAnswers {

	private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

	private StsAnswers() {
	}

	static String success(String action, String result, String requestId) {
		return """
				<%1$sResponse xmlns="%2$s">
				  <%1$sResult>
				%3$s  </%1$sResult>
				  <ResponseMetadata>
				    <RequestId>%4$s</RequestId>
				  </ResponseMetadata>
				</%1$sResponse>
				""".formatted(action, NAMESPACE, result.indent(4), requestId);
	}

	static String error(String code, String message, String requestId) {
		return """
				<ErrorResponse xmlns="%s">
				  <Error>
				    <Type>Sender</Type>
				    <Code>%s</Code>
				    <Message>%s</Message>
				  </Error>
				  <RequestId>%s</RequestId>
				</ErrorResponse>
				""".formatted(NAMESPACE, code, escaped(message), requestId);
	}

	private static String escaped(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

}
