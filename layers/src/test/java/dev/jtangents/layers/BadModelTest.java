package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** What is no model is refused with its place and what is wrong with it. */
class BadModelTest {
    private static Arguments bad(String json, String... parts) {
        return Arguments.of(json, parts);
    }

    private static String nested(int depth, String before, String inner, String after) {
        return before.repeat(depth) + inner + after.repeat(depth);
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                bad("", "empty"),
                bad("  \n\t ", "empty"),
                bad("{", "not valid JSON", "line 1"),
                bad("[\"Relu\"", "not valid JSON"),
                bad("\"Relu", "not valid JSON"),
                bad("Relu", "not valid JSON"),
                bad("{'Relu': {}}", "not valid JSON"),
                bad("\"Relu\" \"Relu\"", "goes on after"),
                bad("{\"serial\": []} ]", "not valid JSON"),
                bad("{\"serial\": [\"Relu\",]}", "not valid JSON"),
                bad("{\"Dense\": {\"out_dim\": 5, \"out_dim\": 6}}", "Duplicate", "out_dim"),
                bad("{\"serial\": [], \"serial\": []}", "Duplicate", "serial"),
                bad("{\"Dense\": {\"out_dim\": NaN}}", "not valid JSON"),
                bad("{\"Dense\": {\"out_dim\": 05}}", "not valid JSON"));
    }

    static Stream<Arguments> structures() {
        return Stream.of(
                bad("null", "$", "a layer", "null"),
                bad("17", "$", "a layer", "17"),
                bad("true", "$", "a layer", "true"),
                bad("[]", "$", "a layer", "an array"),
                bad("[\"Relu\"]", "$", "a layer", "an array"),
                bad("{}", "$", "0 names"),
                bad("{\"Relu\": {}, \"Erf\": {}}", "$", "2 names", "Relu", "Erf"),
                bad("{\"serial\": [\"Relu\", null]}", "$.serial[1]", "null"),
                bad("{\"serial\": [\"Relu\", 3]}", "$.serial[1]", "3"),
                bad("{\"serial\": [\"Relu\", [\"Erf\"]]}", "$.serial[1]", "an array"),
                bad("{\"serial\": \"Relu\"}", "$.serial", "array of layers", "Relu"),
                bad("{\"serial\": {\"Relu\": {}}}", "$.serial", "array of layers"),
                bad("{\"serial\": null}", "$.serial", "array of layers", "null"),
                bad("{\"serial\": 5}", "$.serial", "array of layers", "5"),
                bad("\"serial\"", "$", "serial"),
                bad("\"repeat\"", "$", "repeat"),
                bad("{\"repeat\": [\"Relu\", 3]}", "$.repeat", "\"layer\" and \"n\""),
                bad("{\"repeat\": {\"n\": 3}}", "$.repeat", "layer"),
                bad("{\"repeat\": {\"layer\": \"Relu\"}}", "$.repeat", "\"n\""),
                bad("{\"repeat\": {\"layer\": \"Relu\", \"n\": -1}}", "$.repeat.n", "at least 0"),
                bad("{\"repeat\": {\"layer\": \"Relu\", \"n\": 1.5}}", "$.repeat.n", "whole"),
                bad("{\"repeat\": {\"layer\": \"Relu\", \"n\": \"3\"}}", "$.repeat.n", "whole"),
                bad("{\"repeat\": {\"layer\": \"Relu\", \"n\": null}}", "$.repeat.n", "null"),
                bad("{\"repeat\": {\"layer\": \"Relu\", \"n\": 1e99}}", "$.repeat.n", "whole"),
                bad(
                        "{\"repeat\": {\"layer\": \"Relu\", \"n\": 2, \"m\": 1}}",
                        "$.repeat.m",
                        "\"m\""),
                bad("{\"repeat\": {\"layer\": \"Rlu\", \"n\": 2}}", "$.repeat.layer", "Relu"));
    }

    static Stream<Arguments> layers() {
        return Stream.of(
                bad("\"Rleu\"", "$", "did you mean \"Relu\""),
                bad("\"relu\"", "$", "did you mean \"Relu\""),
                bad("{\"dense\": {\"out_dim\": 3}}", "$", "did you mean \"Dense\""),
                bad("{\"Sigmoid\": {}}", "$", "no layer \"Sigmoid\"", "Known: ABRelu"),
                bad("\"\"", "$", "no layer \"\""),
                bad("{\"serial\": [\"Relu\", {\"Dnse\": {}}]}", "$.serial[1]", "\"Dense\""),
                bad("\"Dense\"", "$", "Dense needs", "out_dim"),
                bad("{\"Dense\": {}}", "$.Dense", "Dense needs", "out_dim"),
                bad("{\"Dense\": 5}", "$.Dense", "arguments of Dense", "5"),
                bad("{\"Dense\": [5]}", "$.Dense", "arguments of Dense", "an array"),
                bad("{\"Dense\": null}", "$.Dense", "arguments of Dense", "null"),
                bad("{\"Dense\": {\"out_dim\": 0}}", "$.Dense.out_dim", "at least 1", "0"),
                bad("{\"Dense\": {\"out_dim\": -3}}", "$.Dense.out_dim", "at least 1"),
                bad("{\"Dense\": {\"out_dim\": 2.5}}", "$.Dense.out_dim", "whole", "2.5"),
                bad("{\"Dense\": {\"out_dim\": 3e9}}", "$.Dense.out_dim", "whole"),
                bad("{\"Dense\": {\"out_dim\": \"5\"}}", "$.Dense.out_dim", "whole"),
                bad("{\"Dense\": {\"out_dim\": true}}", "$.Dense.out_dim", "whole", "true"),
                bad("{\"Dense\": {\"out_dim\": null}}", "$.Dense.out_dim", "whole", "null"),
                dense("\"w_std\": 1", "w_std", "did you mean \"W_std\""),
                dense("\"outdim\": 1", "outdim", "did you mean \"out_dim\""),
                dense("\"zebra\": 1", "zebra", "Known: W_std"),
                dense("\"W_std\": -1", "W_std", "at least 0", "-1"),
                dense("\"W_std\": 1e999", "W_std", "finite"),
                dense("\"W_std\": \"1\"", "W_std", "finite", "the text"),
                dense("\"W_std\": null", "W_std", "finite", "null"),
                dense("\"b_std\": -0.5", "b_std", "at least 0"),
                dense("\"b_std\": false", "b_std", "finite", "false"),
                dense("\"batch_axis\": 0.5", "batch_axis", "whole"),
                dense("\"channel_axis\": \"C\"", "channel_axis", "whole"),
                dense("\"parameterization\": \"nkt\"", "parameterization", "[ntk, standard]"),
                dense("\"parameterization\": 3", "parameterization", "[ntk, standard]"),
                dense("\"s\": 2", "s", "two whole numbers"),
                dense("\"s\": [1]", "s", "two whole numbers"),
                dense("\"s\": [1, 0]", "s", "at least 1"),
                dense("\"s\": [1, 2, 3]", "s", "two whole numbers"),
                dense("\"s\": [1, \"2\"]", "s[1]", "whole"),
                bad("{\"Relu\": {\"x\": 1}}", "$.Relu.x", "no argument \"x\""),
                bad("{\"Sign\": {\"x\": 1}}", "$.Sign.x", "takes none"),
                bad("{\"Relu\": {\"do_stabilize\": 1}}", "$.Relu.do_stabilize", "true or false"),
                bad("\"LeakyRelu\"", "$", "LeakyRelu needs", "alpha"),
                bad("{\"ABRelu\": {\"a\": 1}}", "$.ABRelu", "ABRelu needs", "\"b\""),
                bad("{\"Erf\": {\"a\": [1]}}", "$.Erf.a", "finite", "an array"),
                bad("{\"Rbf\": {\"gamma\": -1}}", "$.Rbf.gamma", "at least 0"),
                bad("\"RectifiedMonomial\"", "$", "degree"),
                bad("{\"RectifiedMonomial\": {\"degree\": -1}}", "degree", "from 0 to 150"),
                bad("{\"RectifiedMonomial\": {\"degree\": 1e6}}", "degree", "from 0 to 150"),
                bad("\"Monomial\"", "$", "Monomial needs", "degree"),
                bad("{\"Monomial\": {\"degree\": -1}}", "$.Monomial.degree", "from 0 to 5"),
                bad("{\"Monomial\": {\"degree\": 6}}", "$.Monomial.degree", "from 0 to 5", "6"),
                bad("{\"Monomial\": {\"degree\": 2.5}}", "$.Monomial.degree", "whole", "2.5"),
                bad("{\"Hermite\": {\"degree\": -1}}", "$.Hermite.degree", "at least 0"),
                bad("{\"Hermite\": {\"degree\": 0.5}}", "$.Hermite.degree", "whole", "0.5"),
                bad("\"Polynomial\"", "$", "Polynomial needs", "coef"),
                bad("{\"Polynomial\": {\"coef\": 3}}", "$.Polynomial.coef", "array of numbers"),
                bad("{\"Polynomial\": {\"coef\": [1, \"2\"]}}", "$.Polynomial.coef[1]", "finite"),
                bad("{\"Polynomial\": {\"coef\": [1e999]}}", "$.Polynomial.coef[0]", "finite"),
                bad(
                        "{\"Polynomial\": {\"coef\": [1" + ", 0".repeat(151) + "]}}",
                        "$.Polynomial.coef",
                        "at most 151 numbers",
                        "152"),
                bad("\"ElementwiseNumerical\"", "$", "ElementwiseNumerical needs", "fn"),
                numerical("\"fn\": \"tahn\", \"deg\": 5", "fn", "did you mean \"tanh\"?"),
                numerical("\"fn\": \"zebra\", \"deg\": 5", "fn", "Known: cos, erf, exp"),
                numerical("\"fn\": 3, \"deg\": 5", "fn", "one of [erf, tanh", "the number 3"),
                numerical("\"fn\": \"tanh\", \"deg\": 0", "deg", "from 1 to 100", "0"),
                numerical("\"fn\": \"tanh\", \"deg\": 101", "deg", "from 1 to 100"),
                numerical("\"fn\": \"tanh\", \"deg\": 2.5", "deg", "whole"),
                bad("{\"ElementwiseNumerical\": {\"fn\": \"erf\"}}", "needs", "\"deg\""),
                bad("{\"ExpNormalized\": {\"gamma\": -1}}", "$.ExpNormalized.gamma", "at least 0"),
                bad("{\"Gaussian\": {\"b\": null}}", "$.Gaussian.b", "finite", "null"),
                bad("{\"Gabor\": {\"a\": 1}}", "$.Gabor.a", "takes none"),
                bad(
                        "{\"Gelu\": {\"approximate\": \"yes\"}}",
                        "$.Gelu.approximate",
                        "true or false"),
                bad(
                        "{\"Flatten\": {\"batch_axis_out\": 2}}",
                        "$.Flatten.batch_axis_out",
                        "-2 to 1"));
    }

    private static Arguments dense(String argument, String name, String... parts) {
        String[] all = new String[parts.length + 1];
        all[0] = "$.Dense." + name + " (line 1, column ";
        System.arraycopy(parts, 0, all, 1, parts.length);
        return bad("{\"Dense\": {\"out_dim\": 4, " + argument + "}}", all);
    }

    private static Arguments numerical(String arguments, String name, String... parts) {
        String[] all = Arrays.copyOf(parts, parts.length + 1);
        all[parts.length] = "$.ElementwiseNumerical." + name + " (line 1, column ";
        return bad("{\"ElementwiseNumerical\": {" + arguments + "}}", all);
    }

    @ParameterizedTest
    @MethodSource({"texts", "structures", "layers"})
    void saysWhereAndWhat(String json, String... parts) {
        var refusal = assertThrows(InputException.class, () -> Model.parse("given.json", json));
        String message = refusal.getMessage();
        assertEquals(1, message.lines().count(), message);
        for (String part : parts) {
            assertTrue(message.contains(part), "\"" + part + "\" is not in: " + message);
        }
        assertTrue(message.contains("given.json"), message);
    }

    static Stream<String> bombs() {
        String billion = "{\"repeat\": {\"n\": 1000000000, \"layer\": ";
        return Stream.of(
                billion + "\"Relu\"}}",
                billion + billion + "\"Relu\"}}}}",
                billion + "{\"serial\": []}}}",
                billion + "\"Identity\"}}",
                nested(20, "{\"repeat\": {\"n\": 10, \"layer\": ", "\"Relu\"", "}}"),
                nested(150, "{\"repeat\": {\"n\": 2147483647, \"layer\": ", "\"Relu\"", "}}"),
                "{\"repeat\": {\"n\": 0, \"layer\": " + billion + "\"Relu\"}}}}",
                nested(300, "{\"serial\": [", "\"Relu\"", "]}"),
                nested(900, "{\"serial\": [", "", "]}"),
                nested(100_000, "[", "", "]"),
                nested(100_000, "{\"a\":", "1", "}"),
                "{\"serial\": [" + "\"Relu\",".repeat(100_001) + "\"Relu\"]}");
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void bombsAreRefusedAtOnce(String json) {
        var refusal = assertThrows(InputException.class, () -> Model.parse("bomb", json));
        assertTrue(refusal.getMessage().length() < 5000, "no message of the size of the bomb");
    }

    @Test
    void tenThousandLayersAreNotTooMany() {
        Network network = Model.parse("m", "{\"repeat\": {\"n\": 9999, \"layer\": \"Identity\"}}");
        assertTrue(network.toString().contains("9999"));
    }

    @Test
    void filesThatAreNoModelsAreNamed(@TempDir Path folder) throws IOException {
        Path binary = folder.resolve("binary");
        Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, (byte) 0x80});
        Path latin = folder.resolve("latin");
        Files.write(latin, "\"Relü\"".getBytes(StandardCharsets.ISO_8859_1));
        Path empty = Files.createFile(folder.resolve("empty"));
        Path big = folder.resolve("big");
        Files.write(big, new byte[17 << 20]);
        Object[][] cases = {
            {binary, "UTF-8"},
            {latin, "UTF-8"},
            {empty, "empty"},
            {big, "bytes"},
            {folder, "directory"},
            {folder.resolve("missing"), "no such file"},
            {binary.resolve("below"), "cannot be read"}
        };
        for (Object[] each : cases) {
            var refusal = assertThrows(InputException.class, () -> Model.read((Path) each[0]));
            String message = refusal.getMessage();
            assertTrue(message.contains(each[0].toString()), message);
            assertTrue(message.contains((String) each[1]), message);
            assertEquals(1, message.lines().count(), message);
        }
    }

    @Test
    void devicesThatNeverEndAreRefused() {
        Path endless = Path.of("/dev/zero");
        assumeTrue(Files.exists(endless), "only Unix has it");
        var refusal = assertThrows(InputException.class, () -> Model.read(endless));
        assertTrue(refusal.getMessage().contains("too large"), refusal.getMessage());
    }

    @Test
    void whatMayBeLeftOutMayBeLeftOut() {
        for (String json :
                new String[] {
                    "\"Relu\"",
                    "{\"Relu\": {}}",
                    "{\"serial\": []}",
                    "{\"Dense\": {\"out_dim\": 4, \"b_std\": null}}",
                    "{\"Dense\": {\"out_dim\": 4.0, \"W_std\": 0, \"b_std\": 0}}",
                    "{\"Dense\": {\"out_dim\": 4, \"parameterization\": \"NTK\"}}",
                    "{\"repeat\": {\"layer\": \"Relu\", \"n\": 0}}",
                    "{\"Polynomial\": {\"coef\": []}}",
                    "\"ExpNormalized\"",
                    "\"Gaussian\"",
                    "\"Cos\"",
                    "  {\"serial\": [ \"Flatten\", \"Identity\" ] }\n"
                }) {
            Network network = Model.parse("m", json);
            assertTrue(Model.toJson(network).length() > 2, json);
        }
    }
}
