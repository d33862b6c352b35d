package dev.kasane.text.jinja.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic. */
public final class Operators {
  /** The longest whole number, in bits. */
  private static final int MOST_BITS = 1 << 16;

  private Operators() {}

  /** The shorter form of a whole number: Long where it fits. */
  public static Object integer(BigInteger number) {
    if (number.bitLength() > MOST_BITS) {
      throw new JinjaException("a number of more than " + MOST_BITS + " bits");
    }
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  /**
   * The result of an operator between two values.
   *
   * @throws JinjaException when Python has none for these
   */
  public static Object apply(String operator, Object left, Object right, Budget budget) {
    if (left instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (operator.equals("%") && left instanceof String format) {
      return PercentFormat.format(format, right, budget);
    }
    if (right instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (Values.isNumeric(left) && Values.isNumeric(right)) {
      return numbers(operator, left, right);
    } else if (operator.equals("+") && left instanceof String text && right instanceof String more) {
      return budget.text(text.length() + (long) more.length(), () -> text + more);
    } else if (operator.equals("+") && left instanceof List<?> && right instanceof List<?>
        && Values.type(left).equals(Values.type(right)) && !(left instanceof Range)) {
      return joined((List<?>) left, (List<?>) right, budget);
    } else if (operator.equals("*") && isWhole(right) && isRepeatable(left)) {
      return repeated(left, whole(right), budget);
    } else if (operator.equals("*") && isWhole(left) && isRepeatable(right)) {
      return repeated(right, whole(left), budget);
    }
    throw unsupported(operator, left, right, "unsupported operand type(s) for " + operator + ": ");
  }

  static JinjaException unsupported(String operator, Object left, Object right, String said) {
    for (Object each : List.of(left == null ? "" : left, right == null ? "" : right)) {
      if (each instanceof Undefined undefined) {
        return undefined.error();
      }
    }
    return new JinjaException(said + "'" + Values.type(left) + "' and '" + Values.type(right) + "'");
  }

  public static boolean isWhole(Object value) {
    return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
  }

  private static boolean isRepeatable(Object value) {
    return value instanceof String || value instanceof List && !(value instanceof Range);
  }

  private static Object joined(List<?> left, List<?> right, Budget budget) {
    budget.charge(left.size() + (long) right.size());
    List<Object> all = new ArrayList<>(left);
    all.addAll(right);
    return left instanceof Tuple ? new Tuple(all) : all;
  }

  private static Object repeated(Object value, BigInteger times, Budget budget) {
    BigInteger most = BigInteger.valueOf(Budget.MOST_TEXT + 1L);
    int count = times.signum() < 0 ? 0 : times.min(most).intValue();
    if (value instanceof String text) {
      return budget.text((long) text.length() * count, () -> text.repeat(text.isEmpty() ? 0 : count));
    }
    List<?> items = (List<?>) value;
    budget.charge((long) items.size() * count);
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < count && !items.isEmpty(); i++) {
      all.addAll(items);
    }
    return value instanceof Tuple ? new Tuple(all) : all;
  }

  private static Object numbers(String operator, Object left, Object right) {
    if (left instanceof Double || right instanceof Double || operator.equals("/")) {
      return fractions(operator, real(left), real(right));
    }
    if (left instanceof Long one && right instanceof Long other && isShort(one) && isShort(other)) {
      switch (operator) {
        case "+":
          return one + other;
        case "-":
          return one - other;
        case "*":
          return one * other;
        default:
          break;
      }
    }
    BigInteger one = whole(left);
    BigInteger other = whole(right);
    return switch (operator) {
      case "+" -> integer(one.add(other));
      case "-" -> integer(one.subtract(other));
      case "*" -> integer(one.multiply(other));
      case "//" -> integer(floorDivide(one, nonZero(other)));
      case "%" -> integer(one.subtract(floorDivide(one, nonZero(other)).multiply(other)));
      case "**" -> power(one, other);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  /** Whether sums and products of such numbers stay within a Long. */
  private static boolean isShort(long number) {
    return number == (int) number;
  }

  private static BigInteger nonZero(BigInteger divisor) {
    if (divisor.signum() == 0) {
      throw new JinjaException("division by zero");
    }
    return divisor;
  }

  private static BigInteger floorDivide(BigInteger one, BigInteger other) {
    BigInteger[] parts = one.divideAndRemainder(other);
    return parts[1].signum() != 0 && parts[1].signum() != other.signum() ? parts[0].subtract(BigInteger.ONE)
        : parts[0];
  }

  private static Object power(BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      return fractions("**", base.doubleValue(), exponent.doubleValue());
    }
    boolean small = base.abs().compareTo(BigInteger.ONE) <= 0;
    BigInteger most = BigInteger.valueOf(MOST_BITS);
    if (!small && exponent.multiply(BigInteger.valueOf(base.bitLength() - 1)).compareTo(most) > 0) {
      throw new JinjaException("a number of more than " + MOST_BITS + " bits");
    }
    return integer(base.pow(small ? exponent.signum() == 0 ? 0 : exponent.testBit(0) ? 1 : 2 : exponent.intValue()));
  }

  private static Object fractions(String operator, double left, double right) {
    if (right == 0 && !"+-*".contains(operator) && !operator.equals("**") || left == 0 && right < 0
        && operator.equals("**")) {
      throw new JinjaException("division by zero");
    }
    return switch (operator) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "/" -> left / right;
      case "//" -> Math.floor(left / right);
      case "%" -> modulo(left, right);
      case "**" -> raised(left, right);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static double modulo(double left, double right) {
    double rest = left % right;
    return rest != 0 && rest < 0 != right < 0 ? rest + right : rest == 0 ? Math.copySign(0, right) : rest;
  }

  private static double raised(double base, double exponent) {
    double power = Math.pow(base, exponent);
    if (Double.isInfinite(power) && Double.isFinite(base) && Double.isFinite(exponent)) {
      throw new JinjaException("the result of ** is too large");
    }
    if (Double.isNaN(power) && base < 0) {
      throw new JinjaException("a negative number has no such power among real numbers");
    }
    return power;
  }

  public static Object negative(Object value) {
    if (value instanceof Double number) {
      return -number;
    } else if (isWhole(value)) {
      return integer(whole(value).negate());
    }
    throw value instanceof Undefined undefined ? undefined.error()
        : new JinjaException("bad operand type for unary -: '" + Values.type(value) + "'");
  }

  public static Object positive(Object value) {
    if (Values.isNumeric(value)) {
      return value instanceof Double ? value : integer(whole(value));
    }
    throw value instanceof Undefined undefined ? undefined.error()
        : new JinjaException("bad operand type for unary +: '" + Values.type(value) + "'");
  }

  public static BigInteger whole(Object value) {
    return value instanceof Boolean flag ? flag ? BigInteger.ONE : BigInteger.ZERO
        : value instanceof BigInteger large ? large : BigInteger.valueOf((Long) value);
  }

  public static double real(Object value) {
    double number = value instanceof Boolean flag ? flag ? 1 : 0 : ((Number) value).doubleValue();
    if (value instanceof BigInteger && Double.isInfinite(number)) {
      throw new JinjaException("int too large to convert to float");
    }
    return number;
  }

  static int compareNumbers(Object one, Object other) {
    if (one instanceof Double || other instanceof Double) {
      double left = one instanceof BigInteger large ? large.doubleValue() : real(one);
      double right = other instanceof BigInteger large ? large.doubleValue() : real(other);
      boolean finite = Double.isFinite(left) && Double.isFinite(right);
      return finite ? exact(one).compareTo(exact(other)) : Double.compare(left, right);
    }
    return one instanceof Long left && other instanceof Long right ? left.compareTo(right)
        : whole(one).compareTo(whole(other));
  }

  private static BigDecimal exact(Object value) {
    return value instanceof Double number ? new BigDecimal(number) : new BigDecimal(whole(value));
  }
}
