package io.oqim.store;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * All SQL of the program, as its source has it: texts with their constants, and holes elsewhere.
 */
final class Statements {
    /** What is put in while the program runs. */
    static final String HOLE = "<<>>";

    private static final Pattern SQL =
            Pattern.compile("(?s)\\s*(WITH|SELECT|INSERT INTO|UPDATE|DELETE FROM)\\s.*");

    private final Map<String, ExpressionTree> constants = new HashMap<>();
    private final List<Statement> found = new ArrayList<>();

    /** One of them, and the class that has it. */
    record Statement(String owner, String sql) {}

    /** Of a class, those statements that have this in them; their end is a $. */
    record Known(String owner, String part, String why) {
        boolean is(Statement statement) {
            return statement.owner().equals(owner) && (statement.sql() + "$").contains(part);
        }
    }

    private Statements() {}

    static List<Statement> of(Path sources) throws IOException {
        Statements all = new Statements();
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                var tree = Files.walk(sources)) {
            List<Path> java = tree.filter(file -> file.toString().endsWith(".java")).toList();
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of(),
                                    null,
                                    files.getJavaFileObjectsFromPaths(java));
            List<CompilationUnitTree> units = new ArrayList<>();
            task.parse().forEach(units::add);
            units.forEach(all::constants);
            units.forEach(all::statements);
        }
        return all.found;
    }

    private void constants(CompilationUnitTree unit) {
        String owner = owner(unit);
        TreeScanner<@Nullable Void, @Nullable Void> scanner =
                new TreeScanner<>() {
                    @Override
                    public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
                        for (Tree member : type.getMembers()) {
                            if (member instanceof VariableTree field
                                    && field.getInitializer() != null) {
                                constants.put(
                                        owner + "." + field.getName(), field.getInitializer());
                            }
                        }
                        return super.visitClass(type, null);
                    }
                };
        scanner.scan(unit, null);
    }

    private void statements(CompilationUnitTree unit) {
        String owner = owner(unit);
        TreeScanner<@Nullable Void, @Nullable Void> scanner =
                new TreeScanner<>() {
                    @Override
                    public @Nullable Void visitBinary(BinaryTree sum, @Nullable Void nothing) {
                        return noted(sum) ? null : super.visitBinary(sum, null);
                    }

                    @Override
                    public @Nullable Void visitLiteral(LiteralTree text, @Nullable Void nothing) {
                        boolean ignored = noted(text);
                        return null;
                    }

                    private boolean noted(ExpressionTree text) {
                        String sql = text(text, owner);
                        boolean statement = SQL.matcher(sql).matches();
                        if (statement) {
                            found.add(new Statement(owner, sql.replaceAll("\\s+", " ").strip()));
                        }
                        return statement;
                    }
                };
        scanner.scan(unit, null);
    }

    private String text(ExpressionTree tree, String owner) {
        return switch (tree) {
            case LiteralTree literal -> String.valueOf(literal.getValue());
            case ParenthesizedTree inner -> text(inner.getExpression(), owner);
            case BinaryTree sum when sum.getKind() == Tree.Kind.PLUS ->
                    text(sum.getLeftOperand(), owner) + text(sum.getRightOperand(), owner);
            default -> {
                String name = tree.toString();
                String full = name.contains(".") ? name : owner + "." + name;
                ExpressionTree constant = constants.get(full);
                yield constant == null ? HOLE : text(constant, full.replaceAll("\\..*", ""));
            }
        };
    }

    private static String owner(CompilationUnitTree unit) {
        return Path.of(unit.getSourceFile().getName())
                .getFileName()
                .toString()
                .replace(".java", "");
    }
}
