from authorizations.main import SERVICE

SERVICE.main()
