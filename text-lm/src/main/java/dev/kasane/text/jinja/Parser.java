package dev.kasane.text.jinja;

import dev.kasane.text.jinja.Token.Kind;
import dev.kasane.text.jinja.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes statements of a template's tokens. */
final class Parser {
  private static final Set<String> OTHER_TEMPLATES = Set.of("include", "import", "from", "extends");

  private final Tokens tokens;
  private final ExpressionParser expressions;
  private Frame frame = new Frame(null);
  private int loops;

  Parser(List<Token> tokens) {
    this.tokens = new Tokens(tokens);
    this.expressions = new ExpressionParser(this.tokens, name -> frame.read(name));
  }

  Statement.Body template() {
    return new Statement.Body(frame, body());
  }

  /** Reads a part that has names of its own. */
  private <T> T framed(Supplier<T> part) {
    Frame outer = frame;
    frame = new Frame(outer);
    try {
      return part.get();
    } finally {
      frame = outer;
    }
  }

  /** The body of a block with names of its own, and its end tag. */
  private Statement.Body ownBlock(String end) {
    return framed(() -> new Statement.Body(frame, block(end)));
  }

  /** Statements up to a tag of one of these names, whose name is the current token then. */
  private List<Statement> body(String... ends) {
    List<Statement> statements = new ArrayList<>();
    tokens.deeper(() -> {
      while (tokens.current().kind() != Kind.END) {
        Token token = tokens.next();
        if (token.kind() == Kind.TEXT) {
          statements.add(new Statement.Text((String) token.value()));
        } else if (token.kind() == Kind.OUTPUT_BEGIN) {
          statements.add(new Statement.Output(expressions.tuple()));
          tokens.require(Kind.OUTPUT_END);
        } else if (Set.of(ends).contains(tokens.current().value())) {
          return null;
        } else {
          statements.add(statement(tokens.requireName()));
        }
      }
      if (ends.length > 0) {
        throw tokens.error("the template ends where {% " + String.join(" %} or {% ", ends) + " %} is missing");
      }
      return null;
    });
    return statements;
  }

  /** The body of a block with its end tag. */
  private List<Statement> block(String end) {
    tokens.require(Kind.BLOCK_END);
    List<Statement> body = body(end);
    tokens.next();
    return body;
  }

  private <T> T closed(T statement) {
    tokens.require(Kind.BLOCK_END);
    return statement;
  }

  private Statement statement(String name) {
    if (OTHER_TEMPLATES.contains(name)) {
      throw tokens.error("chat templates stand alone, and {% " + name + " %} asks for another template");
    }
    return switch (name) {
      case "if" -> closed(condition());
      case "for" -> closed(loop());
      case "set" -> assignment();
      case "macro" -> closed(macro());
      case "call" -> closed(call());
      case "filter" -> closed(new Statement.FilterBlock(
          new Statement.FilteredText(expressions.filters(), ownBlock("endfilter"))));
      case "with" -> closed(with());
      case "generation" -> closed(new Statement.Generation(outsideOfLoops(() -> ownBlock("endgeneration"))));
      case "block" -> closed(named());
      case "autoescape" -> closed(autoescape());
      case "print" -> closed(new Statement.Output(expressions.tuple()));
      case "break", "continue" -> closed(leave(name));
      default -> throw tokens.error("Encountered unknown tag '" + name + "'");
    };
  }

  private Statement leave(String name) {
    if (loops == 0) {
      throw tokens.error("'" + name + "' outside loop");
    }
    return new Statement.Leave(name.equals("break") ? Statement.Flow.BREAK : Statement.Flow.CONTINUE);
  }

  private Statement condition() {
    List<Statement.Branch> branches = new ArrayList<>();
    frame.beginBranches();
    branches.add(branch(expressions.tuple(false)));
    frame.nextBranch();
    while (tokens.skipName("elif")) {
      branches.add(branch(expressions.tuple(false)));
    }
    frame.nextBranch();
    if (tokens.skipName("else")) {
      branches.add(branch(null));
    }
    frame.nextBranch();
    frame.endBranches();
    tokens.requireName("endif");
    return new Statement.If(branches);
  }

  private Statement.Branch branch(Expression condition) {
    tokens.require(Kind.BLOCK_END);
    return new Statement.Branch(condition, body("elif", "else", "endif"));
  }

  private Statement loop() {
    Frame own = new Frame(frame);
    own.declare("loop");
    Target target = target(own::declare);
    tokens.requireName("in");
    Expression items = expressions.tuple(false, "recursive");
    Expression condition = tokens.skipName("if") ? framed(expressions::expression) : null;
    boolean recursive = tokens.skipName("recursive");
    tokens.require(Kind.BLOCK_END);
    Frame outer = frame;
    frame = own;
    loops++;
    Statement.Body body = new Statement.Body(own, body("endfor", "else"));
    loops--;
    frame = outer;
    Statement.Body otherwise = tokens.requireName().equals("else") ? ownBlock("endfor")
        : new Statement.Body(new Frame(frame), List.of());
    return new Loop(target, items, condition, body, otherwise, recursive);
  }

  private Statement assignment() {
    List<String> names = new ArrayList<>();
    Target target = target(names::add);
    if (tokens.skip("=")) {
      Expression value = expressions.tuple();
      names.forEach(frame::set);
      return closed(new Statement.Assignment(target, value));
    }
    List<Expression.Filtered> filters = tokens.current().isOperator("|") ? filtersAfterBar() : List.of();
    names.forEach(frame::set);
    return closed(new Statement.BlockAssignment(target,
        new Statement.FilteredText(filters, outsideOfLoops(() -> ownBlock("endset")))));
  }

  private List<Expression.Filtered> filtersAfterBar() {
    tokens.next();
    return expressions.filters();
  }

  /** What is assigned to, several names with commas between them among it; each is told. */
  private Target target(Consumer<String> names) {
    List<Target> targets = new ArrayList<>();
    boolean comma = false;
    do {
      if (!targets.isEmpty() && (tokens.current().isName("in") || tokens.current().isOperator("=")
          || tokens.current().isOperator(")"))) {
        break;
      }
      targets.add(single(names));
      comma |= tokens.current().isOperator(",");
    } while (tokens.skip(","));
    return comma ? new Target.Several(targets) : targets.get(0);
  }

  private Target single(Consumer<String> names) {
    if (tokens.skip("(")) {
      Target inner = target(names);
      tokens.requireOperator(")");
      return inner;
    }
    String name = tokens.requireName();
    if (ExpressionParser.isReserved(name)) {
      throw tokens.error("cannot assign to '" + name + "'");
    }
    if (tokens.skip(".")) {
      frame.read(name);
      return new Target.Field(name, tokens.requireName());
    }
    names.accept(name);
    return new Target.Variable(name);
  }

  private Statement macro() {
    String name = tokens.requireName();
    frame.set(name);
    return new Statement.MacroDefinition(framed(() -> {
      List<Expression> defaults = new ArrayList<>();
      List<String> parameters = parameters(defaults);
      return definition(name, parameters, defaults, "endmacro", tokens.place());
    }));
  }

  private List<String> parameters(List<Expression> defaults) {
    List<String> parameters = new ArrayList<>();
    if (tokens.skip("(")) {
      while (!tokens.skip(")")) {
        if (!parameters.isEmpty()) {
          tokens.requireOperator(",");
        }
        parameters.add(tokens.requireName());
        if (tokens.skip("=")) {
          defaults.add(expressions.expression());
        } else if (!defaults.isEmpty()) {
          throw tokens.error("non-default argument follows default argument");
        }
      }
    }
    parameters.forEach(frame::declare);
    return parameters;
  }

  private Macro.Definition definition(String name, List<String> parameters, List<Expression> defaults, String end,
      int begin) {
    List<String> special = List.of("caller", "varargs", "kwargs");
    special.forEach(frame::declare);
    List<Statement> body = outsideOfLoops(() -> block(end));
    return new Macro.Definition(name, parameters, defaults, new Statement.Body(frame, body),
        tokens.namesSince(begin, special));
  }

  private <T> T outsideOfLoops(Supplier<T> block) {
    int before = loops;
    loops = 0;
    try {
      return block.get();
    } finally {
      loops = before;
    }
  }

  private Statement call() {
    return framed(() -> {
      List<Expression> defaults = new ArrayList<>();
      List<String> parameters = parameters(defaults);
      if (!(expressions.expression() instanceof Expression.Call called)) {
        throw tokens.error("expected call");
      }
      return new Statement.CallBlock(
          definition("None", parameters, defaults, "endcall", tokens.place()), called);
    });
  }

  private Statement with() {
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    List<String> names = new ArrayList<>();
    while (tokens.current().kind() != Kind.BLOCK_END) {
      if (!targets.isEmpty()) {
        tokens.requireOperator(",");
      }
      targets.add(single(names::add));
      tokens.requireOperator("=");
      values.add(expressions.expression());
    }
    return framed(() -> {
      names.forEach(frame::declare);
      return new Statement.With(targets, values, new Statement.Body(frame, block("endwith")));
    });
  }

  private Statement named() {
    String name = tokens.requireName();
    while (tokens.skipName("scoped") || tokens.skipName("required")) {
      continue;
    }
    Statement.Body body = ownBlock("endblock");
    tokens.skipName(name);
    return new Statement.Block(body);
  }

  private Statement autoescape() {
    if (!(expressions.expression() instanceof Expression.Constant off) || Values.isTrue(off.constant())) {
      throw tokens.error("chat templates are no HTML, and {% autoescape %} is not supported");
    }
    return new Statement.Block(ownBlock("endautoescape"));
  }
}
