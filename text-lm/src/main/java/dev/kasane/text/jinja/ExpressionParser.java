package dev.kasane.text.jinja;

import dev.kasane.text.jinja.Token.Kind;
import dev.kasane.text.jinja.filter.Filters;
import dev.kasane.text.jinja.filter.Tests;
import dev.kasane.text.jinja.value.Comparison;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes expressions of tokens, with Jinja2's order of operators.
 *
 * @param tokens what is parsed
 * @param names told every variable that is read
 */
record ExpressionParser(Tokens tokens, Consumer<String> names) {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> NO_ARGUMENTS = Set.of("else", "or", "and", "is");
  private static final Map<String, Object> CONSTANTS = constants();

  private static Map<String, Object> constants() {
    Map<String, Object> constants = new LinkedHashMap<>();
    for (String name : List.of("true", "True")) {
      constants.put(name, true);
    }
    for (String name : List.of("false", "False")) {
      constants.put(name, false);
    }
    for (String name : List.of("none", "None")) {
      constants.put(name, null);
    }
    return constants;
  }

  /** Whether a name stands for a value that never changes. */
  static boolean isReserved(String name) {
    return CONSTANTS.containsKey(name);
  }

  /** An expression, or several with commas between them. */
  Expression tuple() {
    return tuple(true);
  }

  /**
   * The same up to a name that ends it.
   *
   * @param conditional whether {@code a if b else c} may stand in it
   */
  Expression tuple(boolean conditional, String... ends) {
    return tuple(conditional, false, Set.of(ends));
  }

  private Expression tuple(boolean conditional, boolean inBrackets, Set<String> ends) {
    List<Expression> items = new ArrayList<>();
    boolean comma = false;
    while (true) {
      if (!items.isEmpty()) {
        if (!tokens.skip(",")) {
          break;
        }
        comma = true;
      }
      if (endsTuple(ends)) {
        break;
      }
      items.add(conditional ? expression() : or());
    }
    if (comma || inBrackets && items.isEmpty()) {
      return new Expression.Items(true, items);
    } else if (items.isEmpty()) {
      throw tokens.unexpected("an expression");
    }
    return items.get(0);
  }

  private boolean endsTuple(Set<String> ends) {
    Token token = tokens.current();
    return token.kind() == Kind.BLOCK_END || token.kind() == Kind.OUTPUT_END || token.isOperator(")")
        || token.kind() == Kind.NAME && ends.contains(token.value());
  }

  /** One expression. */
  Expression expression() {
    return tokens.deeper(() -> {
      Expression value = or();
      int more = 0;
      while (tokens.skipName("if")) {
        Expression condition = or();
        Expression other = tokens.skipName("else") ? expression() : null;
        value = new Expression.Conditional(condition, value, other);
        tokens.depth(1);
        more++;
      }
      tokens.shallower(more);
      return value;
    });
  }

  /** Reads what one operator after another joins; the tree leans to the left, so its depth is counted. */
  private Expression chain(Supplier<Expression> operand, Joint joint) {
    Expression left = operand.get();
    int more = 0;
    for (Expression joined = joint.after(left); joined != null; joined = joint.after(left)) {
      left = joined;
      tokens.depth(1);
      more++;
    }
    tokens.shallower(more);
    return left;
  }

  /** What follows an operand: the operand joined with the next, or null where no operator follows. */
  private interface Joint {
    Expression after(Expression left);
  }

  private Expression or() {
    return chain(this::and, left -> tokens.skipName("or") ? new Expression.Either(true, left, and()) : null);
  }

  private Expression and() {
    return chain(this::not, left -> tokens.skipName("and") ? new Expression.Either(false, left, not()) : null);
  }

  private Expression not() {
    return tokens.skipName("not") ? tokens.deeper(() -> new Expression.Not(not())) : comparison();
  }

  private Expression comparison() {
    Expression first = sum();
    List<Expression.Next> others = new ArrayList<>();
    while (true) {
      Token token = tokens.current();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.value())) {
        tokens.next();
        others.add(new Expression.Next(new Comparison((String) token.value()), sum()));
      } else if (tokens.skipName("in")) {
        others.add(new Expression.Next(new Comparison("in"), sum()));
      } else if (token.isName("not") && tokens.after().isName("in")) {
        tokens.next();
        tokens.next();
        others.add(new Expression.Next(new Comparison("not in"), sum()));
      } else {
        return others.isEmpty() ? first : new Expression.Compared(first, others);
      }
    }
  }

  private Expression sum() {
    return chain(this::concatenation, left -> binary(left, Set.of("+", "-"), this::concatenation));
  }

  private Expression concatenation() {
    Expression first = product();
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (tokens.skip("~")) {
      parts.add(product());
    }
    return parts.size() == 1 ? first : new Expression.Concatenated(parts);
  }

  private Expression product() {
    return chain(this::power, left -> binary(left, Set.of("*", "/", "//", "%"), this::power));
  }

  private Expression power() {
    return chain(() -> unary(true), left -> binary(left, Set.of("**"), () -> unary(true)));
  }

  private Expression binary(Expression left, Set<String> operators, Supplier<Expression> operand) {
    Token token = tokens.current();
    if (token.kind() != Kind.OPERATOR || !operators.contains(token.value())) {
      return null;
    }
    tokens.next();
    return new Expression.Binary((String) token.value(), left, operand.get());
  }

  private Expression unary(boolean withFilters) {
    boolean negative = tokens.current().isOperator("-");
    Expression value = negative || tokens.current().isOperator("+")
        ? tokens.deeper(() -> {
          tokens.next();
          return new Expression.Signed(negative, unary(false));
        }) : primary();
    Expression whole = chain(() -> value, this::postfix);
    return withFilters ? chain(() -> whole, this::filterOrTest) : whole;
  }

  private Expression primary() {
    Token token = tokens.current();
    if (token.kind() == Kind.NAME) {
      tokens.next();
      if (isReserved((String) token.value())) {
        return new Expression.Constant(CONSTANTS.get(token.value()));
      }
      names.accept((String) token.value());
      return new Expression.Name((String) token.value());
    } else if (token.kind() == Kind.STRING) {
      StringBuilder text = new StringBuilder();
      while (tokens.current().kind() == Kind.STRING) {
        text.append(tokens.next().value());
      }
      return new Expression.Constant(text.toString());
    } else if (token.kind() == Kind.NUMBER) {
      return new Expression.Constant(tokens.next().value());
    } else if (tokens.skip("(")) {
      Expression inner = tokens.deeper(() -> tuple(true, true, Set.of()));
      tokens.requireOperator(")");
      return inner;
    } else if (tokens.skip("[")) {
      return tokens.deeper(this::list);
    } else if (tokens.skip("{")) {
      return tokens.deeper(this::dictionary);
    }
    throw tokens.unexpected("an expression");
  }

  private Expression list() {
    List<Expression> items = new ArrayList<>();
    while (!tokens.skip("]")) {
      if (!items.isEmpty()) {
        tokens.requireOperator(",");
      }
      if (!tokens.current().isOperator("]")) {
        items.add(expression());
      }
    }
    return new Expression.Items(false, items);
  }

  private Expression dictionary() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> items = new ArrayList<>();
    while (!tokens.skip("}")) {
      if (!keys.isEmpty()) {
        tokens.requireOperator(",");
      }
      if (!tokens.current().isOperator("}")) {
        keys.add(expression());
        tokens.requireOperator(":");
        items.add(expression());
      }
    }
    return new Expression.Dictionary(keys, items);
  }

  private Expression postfix(Expression of) {
    if (tokens.skip(".")) {
      Token name = tokens.next();
      if (name.kind() == Kind.NUMBER && name.value() instanceof Long) {
        return new Expression.Item(of, new Expression.Constant(name.value()));
      } else if (name.kind() != Kind.NAME) {
        throw tokens.error("expected name or number");
      }
      return new Expression.Attribute(of, (String) name.value());
    } else if (tokens.skip("[")) {
      return new Expression.Item(of, tokens.deeper(this::subscript));
    } else if (tokens.current().isOperator("(")) {
      return new Expression.Call(of, given());
    }
    return null;
  }

  private Expression subscript() {
    List<Expression> parts = new ArrayList<>();
    boolean comma = false;
    while (!tokens.skip("]")) {
      if (!parts.isEmpty()) {
        tokens.requireOperator(",");
        comma = true;
      }
      parts.add(subscripted());
    }
    if (parts.isEmpty()) {
      throw tokens.error("expected a key inside of []");
    }
    return comma ? new Expression.Items(true, parts) : parts.get(0);
  }

  private Expression subscripted() {
    Expression start = null;
    if (!tokens.current().isOperator(":")) {
      start = expression();
      if (!tokens.current().isOperator(":")) {
        return start;
      }
    }
    tokens.next();
    Expression stop = bound();
    return new Expression.Slice(start, stop, tokens.skip(":") ? bound() : null);
  }

  private Expression bound() {
    boolean given = !tokens.current().isOperator("]") && !tokens.current().isOperator(",")
        && !tokens.current().isOperator(":");
    return given ? expression() : null;
  }

  private Expression filterOrTest(Expression of) {
    if (tokens.skip("|")) {
      return filter(of);
    } else if (tokens.skipName("is")) {
      return test(of);
    }
    return tokens.current().isOperator("(") ? new Expression.Call(of, given()) : null;
  }

  /** One or more filters with bars between them, of a text that is not written as an expression. */
  List<Expression.Filtered> filters() {
    List<Expression.Filtered> filters = new ArrayList<>();
    do {
      filters.add(filter(null));
    } while (tokens.skip("|"));
    return filters;
  }

  private Expression.Filtered filter(Expression of) {
    String name = dotted();
    Expression.Given given = tokens.current().isOperator("(") ? given() : Expression.Given.NOTHING;
    return new Expression.Filtered(of, name, Filters.named(name), given);
  }

  private String dotted() {
    StringBuilder name = new StringBuilder(tokens.requireName());
    while (tokens.skip(".")) {
      name.append('.').append(tokens.requireName());
    }
    return name.toString();
  }

  private Expression test(Expression of) {
    boolean negated = tokens.skipName("not");
    Tests.Test test = Tests.named(dotted());
    Expression.Given given = Expression.Given.NOTHING;
    if (tokens.current().isOperator("(")) {
      given = given();
    } else if (beginsArgument(tokens.current())) {
      Expression argument = primary();
      given = new Expression.Given(List.of(chain(() -> argument, this::postfix)), Map.of(), null, null);
    }
    Expression tested = new Expression.Tested(of, test, given);
    return negated ? new Expression.Not(tested) : tested;
  }

  private boolean beginsArgument(Token token) {
    if (token.isName("is")) {
      throw tokens.error("You cannot chain multiple tests with is");
    }
    return token.kind() == Kind.STRING || token.kind() == Kind.NUMBER || token.isOperator("[") || token.isOperator("{")
        || token.kind() == Kind.NAME && !NO_ARGUMENTS.contains(token.value());
  }

  private Expression.Given given() {
    tokens.requireOperator("(");
    return tokens.deeper(this::arguments);
  }

  private Expression.Given arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    Expression list = null;
    Expression dictionary = null;
    boolean first = true;
    while (!tokens.skip(")")) {
      if (!first) {
        tokens.requireOperator(",");
        if (tokens.skip(")")) {
          break;
        }
      }
      first = false;
      if (tokens.skip("**")) {
        dictionary = once(dictionary, expression());
      } else if (tokens.skip("*")) {
        list = once(list, expression());
      } else if (tokens.current().kind() == Kind.NAME && tokens.after().isOperator("=")) {
        String name = tokens.requireName();
        tokens.next();
        if (named.put(name, expression()) != null) {
          throw tokens.error("keyword argument repeated: " + name);
        }
      } else if (!named.isEmpty() || list != null || dictionary != null) {
        throw tokens.error("invalid syntax for function call expression");
      } else {
        positional.add(expression());
      }
    }
    return new Expression.Given(positional, named, list, dictionary);
  }

  private Expression once(Expression before, Expression now) {
    if (before != null) {
      throw tokens.error("invalid syntax for function call expression");
    }
    return now;
  }
}
