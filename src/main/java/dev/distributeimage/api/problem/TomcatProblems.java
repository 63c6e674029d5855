package dev.distributeimage.api.problem;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** Puts the {@link ProblemValve} into Tomcat. */
@Component
class TomcatProblems implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

	private final JsonMapper json;

	TomcatProblems(JsonMapper json) {
		this.json = json;
	}

	// Behind Spring Boot's own valve, which is there by then, and so the first to answer.
	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		factory.addContextCustomizers(
				(context) -> context.getParent().getPipeline().addValve(new ProblemValve(this.json)));
	}

}
