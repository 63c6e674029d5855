package dev.distributeimage.run;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import dev.distributeimage.run.postgres.Columns;

/**
 * An image as GetImage showed it.
 *
 * @param status AWS's own word, kept as it came, or null if there was none
 * @param reason why the image has this status, in AWS's words
 */
@Embeddable
public record Image(@Column(name = "image_status") @Nullable String status,
		@Column(name = "image_reason") @Nullable String reason,
		@Column(name = "image_amis") @JdbcTypeCode(SqlTypes.JSON) List<Ami> amis,
		@Column(name = "image_containers") @JdbcTypeCode(SqlTypes.JSON) List<Container> containers) {

	/** The columns that {@link #of} reads. */
	public static final String COLUMNS = "image_status, image_reason, image_amis, image_containers";

	// In the database there is nothing where a list is empty.
	public Image {
		amis = Objects.requireNonNullElse(amis, List.of());
		containers = Objects.requireNonNullElse(containers, List.of());
	}

	/** The image of the run in the row; null if none was seen. */
	public static @Nullable Image of(ResultSet row, JsonMapper json) throws SQLException {
		String status = row.getString("image_status");
		String reason = row.getString("image_reason");
		Ami @Nullable [] amis = Columns.jsonOrNull(row, "image_amis", Ami[].class, json);
		Container @Nullable [] containers = Columns.jsonOrNull(row, "image_containers", Container[].class, json);
		if (status == null && reason == null && amis == null && containers == null) {
			return null;
		}
		return new Image(status, reason, (amis != null) ? List.of(amis) : List.of(),
				(containers != null) ? List.of(containers) : List.of());
	}

	/** Whether its status means something here. */
	public boolean hasKnownStatus() {
		return ImageStatus.of(this.status).isPresent();
	}

	/** The AMIs, or null where the row needs none to show that an image was seen. */
	public @Nullable List<Ami> amisToStore() {
		return (this.amis.isEmpty() && this.status != null) ? null : this.amis;
	}

	/** The containers, or null if there are none. */
	public @Nullable List<Container> containersToStore() {
		return this.containers.isEmpty() ? null : this.containers;
	}

}
