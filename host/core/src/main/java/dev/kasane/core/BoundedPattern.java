package dev.kasane.core;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of a user or a stranger, from a command line, a recipe or a configuration. Some expressions
 * take longer than the universe lasts; here each ends with an answer or with a refusal.
 *
 * <p>Work is counted by how often the expression looks at a letter. Expressions that can choose between many ways
 * to fit nothing at all never look, so those with many choices run in a thread of their own, for a few seconds at most.
 */
public final class BoundedPattern {
  /** The longest expression, in characters. */
  public static final int LONGEST = 2000;
  /** With fewer choices than this there are too few ways to matter. */
  private static final int MANY_CHOICES = 16;
  private static final long LONGEST_RUN = TimeUnit.SECONDS.toNanos(2);
  private static final long LOOK_MILLIS = 100;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final String text;
  private final Pattern pattern;
  private final boolean watched;
  private long nanosLeft = LONGEST_RUN;

  private BoundedPattern(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
    this.watched = text.indexOf('{') >= 0
        || text.chars().filter(each -> "|?*+".indexOf(each) >= 0).count() >= MANY_CHOICES;
  }

  /**
   * @param text the expression as its author wrote it
   * @param template the whole expression, with {@code %s} where that goes
   * @throws UserException when it is too long or no regular expression
   */
  public static BoundedPattern of(String text, String template) {
    if (text.length() > LONGEST) {
      throw new UserException(VisibleText.quote(text) + " is a pattern of " + text.length() + " characters, expected at"
          + " most " + LONGEST + ".");
    }
    try {
      return new BoundedPattern(text, Pattern.compile(template.replace("%s", text)));
    } catch (PatternSyntaxException e) {
      throw new UserException(VisibleText.quote(text) + " is no regular expression: " + e.getDescription() + ".", e);
    } catch (StackOverflowError e) {
      throw new UserException(VisibleText.quote(text) + " is a pattern that is nested too deeply.", e);
    }
  }

  /**
   * Whether the expression matches all of a text.
   *
   * @throws UserException when that takes too long to say
   */
  public boolean matches(String input) {
    return run(input, Matcher::matches).isPresent();
  }

  /**
   * The beginning of a text that the expression matches.
   *
   * @throws UserException when that takes too long to say
   */
  public Optional<MatchResult> matchesBeginning(String input) {
    return run(input, Matcher::lookingAt);
  }

  private Optional<MatchResult> run(String input, Predicate<Matcher> test) {
    Run run = new Run(pattern.matcher(new CountedText(input)), test);
    if (watched) {
      watch(run);
    } else {
      run.run();
    }
    if (!run.ended) {
      throw new UserException("The pattern " + VisibleText.quote(text) + " takes too long on "
          + VisibleText.quote(input) + ": it can fit the same letters in too many ways. Write it without repetitions of"
          + " repetitions.");
    }
    return Optional.ofNullable(run.found);
  }

  /**
   * Lets a search go on for as long as it has processor time left; what else the machine does, does not count. A thread
   * that searches on when that is used up ends with the program, which ends for this reason.
   */
  private synchronized void watch(Run run) {
    if (nanosLeft <= 0) {
      return;
    }
    Thread thread = new Thread(run, "pattern");
    thread.setDaemon(true);
    thread.start();
    try {
      do {
        thread.join(LOOK_MILLIS);
      } while (thread.isAlive() && run.spent(thread) < nanosLeft);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    nanosLeft -= thread.isAlive() ? nanosLeft : run.nanos;
  }

  @Override
  public String toString() {
    return text;
  }

  private static final class Run implements Runnable {
    private final Matcher matcher;
    private final Predicate<Matcher> test;
    private volatile MatchResult found;
    private volatile boolean ended;
    private volatile long nanos;
    private final long begun = System.nanoTime();

    Run(Matcher matcher, Predicate<Matcher> test) {
      this.matcher = matcher;
      this.test = test;
    }

    /** Processor time, or time on the clock where the system does not tell. */
    long spent(Thread thread) {
      long processor = THREADS.isThreadCpuTimeSupported() ? THREADS.getThreadCpuTime(thread.getId()) : -1;
      return processor >= 0 ? processor : System.nanoTime() - begun;
    }

    @Override
    public void run() {
      try {
        found = test.test(matcher) ? matcher.toMatchResult() : null;
        ended = true;
      } catch (CountedText.Exhausted | StackOverflowError tooLong) {
        ended = false;
      } finally {
        nanos = spent(Thread.currentThread());
      }
    }
  }
}
