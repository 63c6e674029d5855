package dev.distributeimage;

import dev.distributeimage.provider.OpenIdProvider;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.event.EventListener;

/**
 * The service with a provider of its own, and two callers: one that may start runs, and
 * one that may only see them.
 */
@TestConfiguration(proxyBeanMethods = false)
class SecuredInvitation {

	private static final String SECURITY = "--distribute-image.security.";

	private static final OpenIdProvider PROVIDER = OpenIdProvider.start();

	/** Returns settings for the provider and its callers, and further arguments. */
	static String[] arguments(String... others) {
		return TestDistributeImageApplication.withDefaults(others, SECURITY + "open=false",
				SECURITY + "issuers.demo.issuer=" + PROVIDER.issuer(),
				SECURITY + "issuers.demo.audiences=" + OpenIdProvider.AUDIENCE, SECURITY + "callers.web.claims.sub=web",
				SECURITY + "callers.web.scopes=runs:read,runs:write,runs:operate", SECURITY + "callers.web.policy=web",
				SECURITY + "callers.watcher.claims.sub=watcher", SECURITY + "callers.watcher.scopes=runs:read",
				SECURITY + "callers.watcher.policy=watcher");
	}

	/** Prints a token for each caller, and requests that are allowed and refused. */
	@EventListener
	void on(ApplicationReadyEvent ready) {
		System.out.printf("""

				Ready, with sign-in at %2$s. PostgreSQL is its own, Image Builder is simulated.
				The callers' tokens are valid for an hour:

				WEB=%3$s

				WATCHER=%4$s

				web may start runs, so this is allowed (202):

				curl -i %1$s -H "Authorization: Bearer $WEB" -H 'Content-Type: application/json' -d '{
				  "distributionName": "web-'$(date +%%s)'",
				  "distributions": [
				    { "region": "eu-west-1",
				      "amiDistributionConfiguration": { "name": "web-{{ imagebuilder:buildDate }}" } } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }'

				watcher may see runs (200), but not start them, so the second is refused (403):

				curl -i %1$s -H "Authorization: Bearer $WATCHER"

				curl -i %1$s -H "Authorization: Bearer $WATCHER" -H 'Content-Type: application/json' -d '{}'

				""", runs(ready), PROVIDER.issuer(), PROVIDER.token("web"), PROVIDER.token("watcher"));
	}

	private static String runs(ApplicationReadyEvent ready) {
		return "http://localhost:%s/v1/runs"
			.formatted(ready.getApplicationContext().getEnvironment().getProperty("local.server.port"));
	}

}
