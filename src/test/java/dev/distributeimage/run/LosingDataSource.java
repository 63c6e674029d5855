package dev.distributeimage.run;

import java.io.EOFException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.InterceptedDataSource;
import org.jspecify.annotations.Nullable;

/** Lets the first statements be carried out and loses their answers. */
class LosingDataSource extends InterceptedDataSource {

	private final AtomicInteger toLose;

	private final String sqlState;

	LosingDataSource(DataSource target, int answers) {
		this(target, answers, "08006");
	}

	LosingDataSource(DataSource target, int answers, String sqlState) {
		super(target);
		this.toLose = new AtomicInteger(answers);
		this.sqlState = sqlState;
	}

	@Override
	protected @Nullable Object executed(Call execution) throws Throwable {
		Object answer = execution.make();
		if (this.toLose.getAndDecrement() > 0) {
			throw new SQLException("The answer was lost", this.sqlState, new EOFException());
		}
		return answer;
	}

}
