package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.ReusedConfigurations;
import dev.distributeimage.workflow.pace.Backoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Requests the image with the distribution configuration: CreateImage or DistributeImage.
 * A repeat is harmless: it sends the same token and body, and AWS answers with the
 * existing image.
 * <p>
 * AWS does not document for how long it remembers a token. If the first unanswered
 * attempt is over an hour old, the step searches for its image before it repeats the
 * create. So it does for a run that a restore may have set back: an image that carries
 * the run's tag would make AWS refuse the repeat of a lost run, which had another id.
 * <p>
 * A configuration that was there already is read once before, so that the destinations
 * can be shown. The read changes nothing, and the run goes on where AWS refuses it.
 */
record CreateImage(ImageBuilder imageBuilder, ReusedConfigurations reusedConfigurations, Backoff backoff,
		Duration attemptTimeout) implements Step {

	private static final Logger logger = LoggerFactory.getLogger(CreateImage.class);

	/** The time for which AWS is assumed to remember a token. */
	private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);

	@Override
	public void carryOut(Claim claim) {
		Run run = claim.run();
		readReusedConfiguration(claim);
		NewImage image = new NewImage(run.id(), run.place(), claim.requireInput(),
				Objects.requireNonNull(run.outputs().distributionConfigurationArn()), run.tokens().createImage());
		boolean search = run.tokens().lostSince() != null || run.calls().isUnansweredFor(TOKEN_LIFETIME, claim.now());
		Optional<String> found = search ? findEarlierImage(claim, image) : Optional.empty();
		if (found.isPresent()) {
			run.imageRequested(found.get());
		}
		else if (!claim.hasTimeForACall(this.attemptTimeout)) {
			run.handedBack();
		}
		else {
			run.imageRequested(this.imageBuilder.createImage(image));
		}
	}

	private Optional<String> findEarlierImage(Claim claim, NewImage image) {
		Run run = claim.run();
		try {
			return this.imageBuilder.findImage(image, Objects.requireNonNull(run.values().uncertainSince()),
					run.retry().earlierImages(), () -> claim.hasTimeForACall(this.attemptTimeout));
		}
		catch (ImageBuilderException ex) {
			refused(run, ex);
			return Optional.empty();
		}
	}

	private void readReusedConfiguration(Claim claim) {
		Run run = claim.run();
		String arn = claim.requireInput().options().distributionConfigurationArn();
		if (arn != null && this.reusedConfigurations.isUnread(run.id())) {
			this.reusedConfigurations.read(run, distributions(run, arn));
		}
	}

	private JsonNode distributions(Run run, String distributionConfigurationArn) {
		try {
			return this.imageBuilder.getDistributions(run.place(), distributionConfigurationArn);
		}
		catch (ImageBuilderException ex) {
			refused(run, ex);
			return JsonNodeFactory.instance.arrayNode();
		}
	}

	// Any other failure is one that the create would meet as well.
	private static void refused(Run run, ImageBuilderException ex) {
		if (ex.remedy() != ImageBuilderException.Remedy.GIVE_UP) {
			throw ex;
		}
		Step.warn(logger, run, ex);
		run.lookUpRefused(Step.failure(run, ex));
	}

}
