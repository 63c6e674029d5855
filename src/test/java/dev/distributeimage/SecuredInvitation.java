package dev.distributeimage;

import dev.distributeimage.provider.OpenIdProvider;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.event.EventListener;

/**
 * The service with a provider of its own, and two callers with a policy each: one may
 * start runs in eu-west-1, the other in us-east-1.
 */
@TestConfiguration(proxyBeanMethods = false)
class SecuredInvitation {

	private static final String SECURITY = "--distribute-image.security.";

	private static final String POLICIES = "--distribute-image.policies.";

	private static final String RECIPES = "arn:aws:imagebuilder:*:123456789012:image-recipe/*/*";

	private static final String INFRASTRUCTURE = "arn:aws:imagebuilder:*:123456789012:infrastructure-configuration/*";

	private static final OpenIdProvider PROVIDER = OpenIdProvider.start();

	/** Returns settings for the provider and its callers, and further arguments. */
	static String[] arguments(String... others) {
		return TestDistributeImageApplication.withDefaults(others, SECURITY + "open=false",
				SECURITY + "issuers.demo.issuer=" + PROVIDER.issuer(),
				SECURITY + "issuers.demo.audiences=" + OpenIdProvider.AUDIENCE, SECURITY + "callers.web.claims.sub=web",
				SECURITY + "callers.web.scopes=runs:read,runs:write,runs:operate", SECURITY + "callers.web.policy=web",
				SECURITY + "callers.mail.claims.sub=mail", SECURITY + "callers.mail.scopes=runs:read,runs:write",
				SECURITY + "callers.mail.policy=mail", POLICIES + "web.regions=eu-west-1",
				POLICIES + "mail.regions=us-east-1", POLICIES + "web.accounts=123456789012",
				POLICIES + "mail.accounts=123456789012", POLICIES + "web.recipes=" + RECIPES,
				POLICIES + "mail.recipes=" + RECIPES, POLICIES + "web.infrastructure-configurations=" + INFRASTRUCTURE,
				POLICIES + "mail.infrastructure-configurations=" + INFRASTRUCTURE);
	}

	/** Prints a token for each caller, and requests that are allowed and refused. */
	@EventListener
	void on(ApplicationReadyEvent ready) {
		System.out.printf("""

				Ready, with sign-in at %2$s. PostgreSQL is its own, Image Builder is simulated.
				The callers' tokens are valid for an hour:

				WEB=%3$s

				MAIL=%4$s

				The policy of web allows eu-west-1, so this is accepted (202):

				curl -i %1$s -H "Authorization: Bearer $WEB" -H 'Content-Type: application/json' -d '{
				  "distributionName": "web-'$(date +%%s)'",
				  "distributions": [
				    { "region": "eu-west-1",
				      "amiDistributionConfiguration": { "name": "web-{{ imagebuilder:buildDate }}" } } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }'

				The policy of mail does not, so the same is refused (403), with the rules that it breaks:

				curl -i %1$s -H "Authorization: Bearer $MAIL" -H 'Content-Type: application/json' -d '{
				  "distributionName": "mail-'$(date +%%s)'",
				  "distributions": [
				    { "region": "eu-west-1",
				      "amiDistributionConfiguration": { "name": "mail-{{ imagebuilder:buildDate }}" } } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/mail/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }'

				web sees all runs (200):

				curl -i %1$s -H "Authorization: Bearer $WEB"

				""", runs(ready), PROVIDER.issuer(), PROVIDER.token("web"), PROVIDER.token("mail"));
	}

	private static String runs(ApplicationReadyEvent ready) {
		return "http://localhost:%s/v1/runs"
			.formatted(ready.getApplicationContext().getEnvironment().getProperty("local.server.port"));
	}

}
