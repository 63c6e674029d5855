package dev.distributeimage.run;

import java.io.EOFException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import javax.sql.DataSource;

import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.InterceptedDataSource;
import org.jspecify.annotations.Nullable;

/** Executes statements and loses their answers. */
public class LosingDataSource extends InterceptedDataSource {

	private final AtomicInteger toLose;

	private final String sqlState;

	private final Predicate<String> which;

	/**
	 * Loses no answers until told to, and then only those of statements with this text.
	 */
	public LosingDataSource(DataSource target, Predicate<String> which) {
		super(target);
		this.toLose = new AtomicInteger();
		this.sqlState = "08006";
		this.which = which;
	}

	/** Loses the answers of the first statements. */
	public LosingDataSource(DataSource target, int answers) {
		this(target, answers, "08006");
	}

	public LosingDataSource(DataSource target, int answers, String sqlState) {
		super(target);
		this.toLose = new AtomicInteger(answers);
		this.sqlState = sqlState;
		this.which = (sql) -> true;
	}

	/** Loses the next answers. */
	public void lose(int answers) {
		this.toLose.set(answers);
	}

	@Override
	protected @Nullable Object executed(Call execution) throws Throwable {
		Object answer = execution.make();
		if (this.which.test(String.valueOf(execution.target())) && this.toLose.getAndDecrement() > 0) {
			throw new SQLException("The answer was lost", this.sqlState, new EOFException());
		}
		return answer;
	}

}
