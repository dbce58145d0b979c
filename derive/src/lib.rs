//! `#[derive(Message)]` of the crate flagfall, which has its documentation and tests.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Fields, GenericParam, Member, parse_quote};

/// Implements `flagfall::Message` for an enum or a struct.
#[proc_macro_derive(Message)]
pub fn message(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    implementation(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// A variant, or the one form that a struct has.
struct Form {
    /// The path to match and construct it: `Self` or `Self::Variant`.
    path: TokenStream,
    /// Its number among the variants; a struct has none.
    ordinal: Option<u64>,
    fields: Vec<Field>,
}

struct Field {
    member: Member,
    /// Its name in the generated code.
    name: Ident,
    /// The place of its type, where errors about the type are reported.
    place: Span,
}

impl Form {
    fn new(path: TokenStream, ordinal: Option<u64>, fields: &Fields) -> Self {
        let field = |(number, (member, field)): (usize, (Member, &syn::Field))| Field {
            member,
            name: format_ident!("field_{number}"),
            place: field.ty.span().resolved_at(Span::call_site()),
        };
        let fields = fields.members().zip(fields).enumerate().map(field).collect();
        Self { path, ordinal, fields }
    }

    /// All forms of a type.
    fn all(input: &DeriveInput) -> Result<Vec<Self>, Error> {
        match &input.data {
            Data::Struct(data) => Ok(vec![Self::new(quote!(Self), None, &data.fields)]),
            Data::Enum(data) => {
                let form = |(ordinal, variant): (u64, &syn::Variant)| {
                    let name = &variant.ident;
                    Self::new(quote!(Self::#name), Some(ordinal), &variant.fields)
                };
                Ok((0..).zip(&data.variants).map(form).collect())
            }
            Data::Union(_) => {
                Err(Error::new(input.ident.span(), "a message is an enum or a struct"))
            }
        }
    }

    /// `Self::Variant { member: field_0 }`, which also fits fields without names.
    fn pattern(&self) -> TokenStream {
        let path = &self.path;
        let fields = self.fields.iter().map(|Field { member, name, .. }| quote!(#member: #name));
        quote!(#path { #(#fields),* })
    }

    fn digested(&self) -> TokenStream {
        let pattern = self.pattern();
        let variant = self.ordinal.map(|ordinal| quote!(digest.write_variant(#ordinal);));
        let fields = self.fields.iter().map(|Field { name, place, .. }| {
            quote_spanned!(*place=> ::flagfall::Message::digest(#name, digest);)
        });
        quote!(#pattern => { #variant #(#fields)* })
    }

    /// A copy, made field by field by `copy`, with the arguments behind the field.
    fn copied(&self, copy: &TokenStream, arguments: &TokenStream) -> TokenStream {
        let (pattern, path) = (self.pattern(), &self.path);
        let fields = self.fields.iter().map(|Field { member, name, place }| {
            quote_spanned!(*place=> #member: ::flagfall::Message::#copy(#name #arguments)?)
        });
        quote!(#pattern => #path { #(#fields),* })
    }

    fn sized(&self) -> TokenStream {
        let pattern = self.pattern();
        let own = u64::from(self.ordinal.is_some());
        let fields = self.fields.iter().map(
            |Field { name, place, .. }| quote_spanned!(*place=> + ::flagfall::Message::size(#name)),
        );
        quote!(#pattern => #own #(#fields)*)
    }
}

fn implementation(input: &DeriveInput) -> Result<TokenStream, Error> {
    if let Some(lifetime) = input.generics.lifetimes().next() {
        let problem = "a message is kept until it arrives, so it cannot borrow: own what is in it";
        return Err(Error::new(lifetime.span(), problem));
    }
    let forms = Form::all(input)?;
    let digested = forms.iter().map(Form::digested);
    let duplicated = forms.iter().map(|form| form.copied(&quote!(duplicate), &quote!()));
    let forked = forms.iter().map(|form| form.copied(&quote!(fork), &quote!(, copying)));
    let sized = forms.iter().map(Form::sized);

    let mut generics = input.generics.clone();
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds.push(parse_quote!(::flagfall::Message));
        }
    }
    let (parameters, _, bounds) = generics.split_for_impl();
    let (_, arguments, _) = input.generics.split_for_impl();
    let name = &input.ident;
    // A reference to a type without variants is not known to be uninhabited.
    let value = if forms.is_empty() { quote!(*self) } else { quote!(self) };
    Ok(quote! {
        #[automatically_derived]
        #[allow(unreachable_code, unused_variables)]
        impl #parameters ::flagfall::Message for #name #arguments #bounds {
            #[inline(always)]
            fn digest(&self, digest: &mut ::flagfall::Digest) {
                match #value { #(#digested)* }
            }

            fn duplicate(&self) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match #value { #(#duplicated,)* })
            }

            fn fork(
                &self,
                copying: &::flagfall::actor::Copying,
            ) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match #value { #(#forked,)* })
            }

            fn size(&self) -> u64 {
                match #value { #(#sized,)* }
            }
        }
    })
}
