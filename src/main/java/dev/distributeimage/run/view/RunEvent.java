package dev.distributeimage.run.view;

import java.time.Instant;
import java.util.Map;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * An event of a run. Its type and step are text: a newer replica may have written a value
 * that this one does not know.
 */
@Entity
@Immutable
@IdClass(RunEvent.Key.class)
public class RunEvent {

	/** The size of the names of its members as shown, in bytes. */
	private static final long NAMES = 200;

	@Id
	private long number;

	@Id
	private int sequence;

	private Instant at;

	private String type;

	private String step;

	private @Nullable String by;

	@JdbcTypeCode(SqlTypes.JSON)
	private Map<String, Object> detail;

	protected RunEvent() {
	}

	/** The run's number. */
	long number() {
		return this.number;
	}

	/** The position among the run's events, counted from 1 without gaps. */
	public long sequence() {
		return this.sequence;
	}

	public Instant at() {
		return this.at;
	}

	/** The name of an {@link dev.distributeimage.run.EventType}, or of a later one. */
	public String type() {
		return this.type;
	}

	/** The run's step at the time. */
	public String step() {
		return this.step;
	}

	/** The caller who requested it, if there is one. */
	public @Nullable String by() {
		return this.by;
	}

	/** Further members, depending on the type. */
	public Map<String, Object> detail() {
		return this.detail;
	}

	/** Roughly the number of bytes of the event as it is shown. */
	public long weight() {
		return NAMES + this.detail.toString().length();
	}

	/**
	 * The primary key.
	 *
	 * @param number the run's number
	 */
	record Key(long number, int sequence) {
	}

}
