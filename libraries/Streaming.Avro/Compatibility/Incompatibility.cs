namespace Streaming.Avro;

/// <summary>The rules that a pair of schemas can break.</summary>
public enum IncompatibilityKind
{
    /// <summary>Names differ and no alias of the reader helps.</summary>
    NameMismatch,
    /// <summary>Fixed types of different sizes.</summary>
    FixedSizeMismatch,
    /// <summary>The writer has enum symbols that the reader lacks, and the reader has no default.</summary>
    MissingEnumSymbols,
    /// <summary>The reader has a field without default that the writer lacks.</summary>
    ReaderFieldMissingDefaultValue,
    /// <summary>Types that don't convert.</summary>
    TypeMismatch,
    /// <summary>No branch of the reader's union takes a type of the writer.</summary>
    MissingUnionBranch,
    /// <summary>A reader's field matches several of the writer's, so the pair can't be judged.</summary>
    AmbiguousField,
}

/// <summary>A rule that a reader's and a writer's schema break together.</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Path">Where in the reader's schema, as <c>/fields/0/type</c>.</param>
/// <param name="Info">The particulars: a field, types, symbols.</param>
public sealed record Incompatibility(IncompatibilityKind Kind, string Path, string Info)
{
    /// <summary>The rule's name as registries print it.</summary>
    public string ErrorType => Kind switch
    {
        IncompatibilityKind.NameMismatch => "NAME_MISMATCH",
        IncompatibilityKind.FixedSizeMismatch => "FIXED_SIZE_MISMATCH",
        IncompatibilityKind.MissingEnumSymbols => "MISSING_ENUM_SYMBOLS",
        IncompatibilityKind.ReaderFieldMissingDefaultValue => "READER_FIELD_MISSING_DEFAULT_VALUE",
        IncompatibilityKind.TypeMismatch => "TYPE_MISMATCH",
        IncompatibilityKind.MissingUnionBranch => "MISSING_UNION_BRANCH",
        _ => "AMBIGUOUS_FIELD",
    };

    /// <summary>The message as Confluent's registry words it.</summary>
    /// <param name="reader">What to call the reading schema: <c>new</c> or <c>old</c>.</param>
    /// <param name="writer">What to call the writing schema.</param>
    public string ToMessage(string reader, string writer)
    {
        if (Kind == IncompatibilityKind.AmbiguousField)
        {
            return "Unexpected exception during compatibility check: " + Info;
        }

        var description = Kind switch
        {
            IncompatibilityKind.NameMismatch => $"The name of the schema has changed (path '{Path}')",
            IncompatibilityKind.FixedSizeMismatch =>
                $"The size of FIXED type field at path '{Path}' in the {reader} schema does not match with the {writer} schema",
            IncompatibilityKind.MissingEnumSymbols =>
                $"The {reader} schema is missing enum symbols '{Info}' at path '{Path}' in the {writer} schema",
            IncompatibilityKind.ReaderFieldMissingDefaultValue =>
                $"The field '{Info}' at path '{Path}' in the {reader} schema has no default value and is missing in the {writer} schema",
            IncompatibilityKind.TypeMismatch =>
                $"The type (path '{Path}') of a field in the {reader} schema does not match with the {writer} schema",
            _ => $"The {reader} schema is missing a type inside a union field at path '{Path}' in the {writer} schema",
        };
        return $"{{errorType:'{ErrorType}', description:'{description}', additionalInfo:'{Info}'}}";
    }
}
