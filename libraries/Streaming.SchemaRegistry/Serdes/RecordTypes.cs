using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Streaming.SchemaRegistry;

/// <summary>
/// The generated records of this process by their full names. Those of assemblies built on Streaming.Avro are found by
/// themselves; <see cref="Add"/> is for where reflection has been trimmed away, or to take precedence.
/// </summary>
public static class RecordTypes
{
    private static readonly ConcurrentDictionary<string, RecordType> ByName = [];
    private static readonly ConcurrentDictionary<Assembly, bool> Searched = [];

    /// <summary>Makes a record type known under its schema's full name.</summary>
    public static void Add(RecordType type) => ByName[type.FullName] = type;

    /// <summary>The record type of a full name.</summary>
    public static bool TryGet(string fullName, [NotNullWhen(true)] out RecordType? type)
    {
        if (ByName.TryGetValue(fullName, out type))
        {
            return true;
        }

        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!Searched.ContainsKey(assembly) && IsBuiltOnAvro(assembly))
            {
                foreach (var found in RecordType.In(assembly))
                {
                    ByName.TryAdd(found.FullName, found);
                }
            }

            // Only now: another thread that sees it as searched must find its records.
            Searched[assembly] = true;
        }

        return ByName.TryGetValue(fullName, out type);
    }

    private static bool IsBuiltOnAvro(Assembly assembly)
    {
        var avro = typeof(Streaming.Avro.AvroWriter).Assembly.GetName().Name;
        return !assembly.IsDynamic && Array.Exists(assembly.GetReferencedAssemblies(), name => name.Name == avro);
    }
}
